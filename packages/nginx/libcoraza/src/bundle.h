// The script, put into the library by bundle.S. ASCII only.
#pragma once

#include <cstddef>

extern "C" {
extern const char cuirass_bundle[];
extern const char cuirass_bundle_end[];
}

namespace cuirass {

inline const char* const kBundle = cuirass_bundle;
inline size_t kBundleLength() { return static_cast<size_t>(cuirass_bundle_end - cuirass_bundle); }

}  // namespace cuirass
