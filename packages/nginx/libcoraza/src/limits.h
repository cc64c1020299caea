// Limits of a worker; cuirass_set_limit changes them before the first WAF.
#pragma once

#include <cstddef>

namespace cuirass {

struct Limits {
  /// CPU milliseconds of one call into JavaScript. The engine's own budget (1 s per transaction) acts before.
  long call_ms = 2000;
  size_t heap_bytes = size_t{512} << 20;
  size_t buffer_bytes = size_t{512} << 20;
};

extern Limits limits;

/// Body bytes gathered before they are handed to the engine.
constexpr size_t kBodyPiece = size_t{1} << 20;

}  // namespace cuirass
