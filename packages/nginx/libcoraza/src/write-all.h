#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace cuirass {

/// Writes all bytes, however many calls it takes; false with errno on failure.
inline bool WriteAll(int descriptor, const void* from, size_t length) {
  const char* data = static_cast<const char*>(from);
  while (length > 0) {
    const ssize_t written = write(descriptor, data, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    length -= static_cast<size_t>(written);
  }
  return true;
}

}  // namespace cuirass
