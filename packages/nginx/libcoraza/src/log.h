// Where the library's own messages go: the debug callback of the WAF in use, or standard error (nginx's error log).
#pragma once

#include <string>

#include "coraza/coraza.h"

namespace cuirass {

/// Callbacks of a configuration.
struct Callbacks {
  coraza_debug_log_cb debug = nullptr;
  void* debug_context = nullptr;
  coraza_error_cb error = nullptr;
  void* error_context = nullptr;
};

/// Those of the WAF whose call is running; null between calls.
extern const Callbacks* current_callbacks;

/// Makes callbacks current for the length of a block.
class UseCallbacks {
 public:
  explicit UseCallbacks(const Callbacks* callbacks) : before_(current_callbacks) { current_callbacks = callbacks; }
  ~UseCallbacks() { current_callbacks = before_; }
  UseCallbacks(const UseCallbacks&) = delete;
  UseCallbacks& operator=(const UseCallbacks&) = delete;

 private:
  const Callbacks* before_;
};

/// Without a callback only errors are written, at most 20 lines a second.
void Log(coraza_debug_log_level_t level, const std::string& message, const std::string& fields);

}  // namespace cuirass
