// The envelope of a snapshot: what it was made by, and a checksum.
#pragma once

#include <cstddef>
#include <string>

namespace cuirass {

/// Identity of everything a snapshot depends on: V8, its flags, the files of libnode and of this library, the bundle.
std::string SnapshotKey(const std::string& flags);

/// Envelope and content.
bool WriteEnvelope(int descriptor, const std::string& key, const char* data, size_t length, std::string* error);

/// Finds the content; false with the reason when it does not fit or is damaged.
bool OpenEnvelope(const void* envelope, size_t size, const std::string& key, const char** data, size_t* length,
                  std::string* error);

}  // namespace cuirass
