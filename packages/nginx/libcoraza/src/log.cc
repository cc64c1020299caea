#include "log.h"

#include <unistd.h>

#include <ctime>

namespace cuirass {

namespace {

constexpr int kLinesPerSecond = 20;

bool MayWriteLine() {
  static time_t second = 0;
  static int lines = 0;
  const time_t now = time(nullptr);
  if (now != second) {
    second = now;
    lines = 0;
  }
  return ++lines <= kLinesPerSecond;
}

}  // namespace

const Callbacks* current_callbacks = nullptr;

void Log(coraza_debug_log_level_t level, const std::string& message, const std::string& fields) {
  if (current_callbacks != nullptr && current_callbacks->debug != nullptr) {
    current_callbacks->debug(current_callbacks->debug_context, level, message.c_str(), fields.c_str());
    return;
  }
  if (level < CORAZA_DEBUG_LOG_LEVEL_ERROR || !MayWriteLine()) return;
  const std::string line = "libcoraza: " + message + (fields.empty() ? "" : " " + fields) + "\n";
  // Nothing can be done about a log that cannot be written.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace cuirass
