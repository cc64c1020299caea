#include "watchdog.h"

#include <pthread.h>

#include <chrono>
#include <csignal>

namespace cuirass {

namespace {

/// Ticks without a call after which the thread sleeps until there is one.
constexpr int kIdleTicks = 20;

long MillisecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1'000'000L;
}

}  // namespace

Watchdog::Watchdog(long budget_ms) : budget_ms_(budget_ms) {
  pthread_getcpuclockid(pthread_self(), &cpu_clock_);
  // nginx's signals belong to its own thread: the new one inherits a mask that blocks all.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Watch(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Watchdog::~Watchdog() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Watchdog::Enter(v8::Isolate* isolate) {
  if (depth_++ > 0) return;
  isolate_ = isolate;
  const uint64_t call = (state_.load(std::memory_order_relaxed) >> 2) + 1;
  state_.store((call << 2) | kRunning);
  if (asleep_.load()) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_.notify_one();
  }
}

bool Watchdog::Leave() {
  if (--depth_ > 0) return false;
  uint64_t running = (state_.load(std::memory_order_relaxed) & ~uint64_t{3}) | kRunning;
  if (state_.compare_exchange_strong(running, running & ~uint64_t{3})) return false;
  // The watchdog owns this call. Invariant: no termination request outlives the call it was meant for.
  while ((state_.load() & 3) != kTerminated) std::this_thread::yield();
  isolate_->CancelTerminateExecution();
  state_.store(state_.load() & ~uint64_t{3});
  return true;
}

void Watchdog::Watch() {
  const auto tick = std::chrono::milliseconds(budget_ms_ / 8 > 0 ? budget_ms_ / 8 : 1);
  uint64_t watched = 0;
  long started_at = 0;
  int idle = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (idle >= kIdleTicks) {
      asleep_.store(true);
      // A call that began before it could see the flag is seen here.
      if ((state_.load() & 3) == kIdle) wake_.wait(lock);
      asleep_.store(false);
      idle = 0;
      continue;
    }
    wake_.wait_for(lock, tick);
    uint64_t now = state_.load();
    if ((now & 3) != kRunning) {
      if (now == watched) idle++;
      watched = now;
      continue;
    }
    idle = 0;
    if (now != watched) {
      watched = now;
      started_at = MillisecondsOf(cpu_clock_);
      continue;
    }
    if (MillisecondsOf(cpu_clock_) - started_at < budget_ms_) continue;
    if (!state_.compare_exchange_strong(now, (now & ~uint64_t{3}) | kTerminating)) continue;
    isolate_->TerminateExecution();
    state_.store((now & ~uint64_t{3}) | kTerminated);
  }
}

}  // namespace cuirass
