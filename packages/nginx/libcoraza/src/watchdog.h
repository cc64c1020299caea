// A thread that ends calls which use more CPU time than they may.
#pragma once

#include <v8.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <thread>

namespace cuirass {

/// Watches the thread that made it. Calls may nest; the outermost one is timed.
class Watchdog {
 public:
  explicit Watchdog(long budget_ms);
  ~Watchdog();

  /// A call begins; it may run for the budget.
  void Enter(v8::Isolate* isolate);
  /// The call is over. True when the watchdog ended it; the isolate can be used again.
  bool Leave();

 private:
  // `state_` is (call number << 2) | one of these.
  enum : uint64_t { kIdle = 0, kRunning = 1, kTerminating = 2, kTerminated = 3 };

  void Watch();

  const long budget_ms_;
  clockid_t cpu_clock_{};
  int depth_ = 0;
  v8::Isolate* isolate_ = nullptr;
  std::atomic<uint64_t> state_{0};
  std::atomic<bool> asleep_{false};
  bool stop_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace cuirass
