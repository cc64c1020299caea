// One V8 isolate with the bundle and the compiled rules.
#pragma once

#include <v8.h>

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "limits.h"
#include "watchdog.h"

namespace cuirass {

/// Functions of the bundle (packages/nginx/src/entry.ts), in the order of `kFunctionNames`.
enum Function {
  kAttach,
  kOpenWaf,
  kDropWaf,
  kRuleCount,
  kMatchedSeverity,
  kMatchedErrorLog,
  kRequestHeaders,
  kWriteRequestBody,
  kRequestBody,
  kResponseHeaders,
  kWriteResponseBody,
  kResponseBody,
  kFinish,
  kClose,
  kIntervention,
  kExpand,
  kWarmUp,
  kRemovePolyfills,
  kFunctionCount
};

/// What the last call came to (exchange.ts, `registers`).
struct Registers {
  double interrupted;
  double status;
  double rule_id;
  double wants_request_body;
  double wants_response_body;
  double request_room;
  double response_room;
};

/// Counts the buffers that JavaScript holds, because they lie outside the heap limit.
class BufferAllocator : public v8::ArrayBuffer::Allocator {
 public:
  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

 private:
  bool Take(size_t length);
  size_t used_ = 0;
};

/// Directives and files of one configuration, in order.
struct RuleSet {
  /// Alternating kind (`text` or `file`) and directives or path.
  std::vector<std::string> sources;
  std::string key;
  int count = 0;

  explicit RuleSet(std::vector<std::string> parts);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;
};

class Engine {
 public:
  /// The engine of this process, started when there is none, from the snapshot when there is one.
  /// Null with a message when it cannot be: after a fork, or when the bundle fails.
  static Engine* Get(std::string* error);
  /// For the next transaction: another one when a call had to be ended by force, because such a call can leave caches of
  /// the engine half written. Transactions under way keep theirs.
  static Engine* ForNewTransaction(std::string* error);
  /// The engine if it was started; never starts one.
  static Engine* Current();
  /// The one whose call is running, which may be a retired one; null between calls.
  static Engine* Running();
  /// True in a process that was forked from one with an engine: V8's threads are not there.
  static bool Forked();
  /// Starts an engine that can be written as a snapshot and cannot run transactions.
  static bool BeginSnapshot(std::string* error);
  static bool WriteSnapshot(int descriptor, std::string* error);
  static bool UseSnapshot(const void* data, size_t length, std::string* error);

  ~Engine();

  /// Compiles the rules unless they are there. Sets their count.
  bool Open(RuleSet& rules, std::string* error);
  /// The compiled rules, once they were opened.
  v8::Local<v8::Value> Compiled(const RuleSet& rules) { return compiled_[&rules].Get(isolate_); }
  void Drop(const RuleSet& rules);

  /// Calls a function of the bundle. Empty with a message after an exception or when the call was ended by force; in the
  /// second case the engine is tainted.
  v8::MaybeLocal<v8::Value> Call(Function function, int count, v8::Local<v8::Value> arguments[], std::string* error,
                                 bool timed = true);

  void AddTransaction() { transactions_++; }
  void RemoveTransaction();

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return context_.Get(isolate_); }
  const Registers& registers() const { return registers_; }
  bool records_snapshot() const { return creator_ != nullptr; }

  /// Enters the isolate and context for the length of a block.
  struct Scope {
    explicit Scope(Engine& engine)
        : isolate(engine.isolate_), handles(engine.isolate_), context(engine.context_.Get(engine.isolate_)) {}
    v8::Isolate::Scope isolate;
    v8::HandleScope handles;
    v8::Context::Scope context;
  };

 private:
  Engine() = default;
  static Engine* Start(bool record, std::string* error);
  bool Prepare(bool from_snapshot, bool attach, std::string* error);
  static size_t NearHeapLimit(void* engine, size_t limit, size_t initial);
  std::string Describe(const v8::TryCatch& caught) const;

  BufferAllocator allocator_;
  std::unique_ptr<v8::SnapshotCreator> creator_;
  v8::Isolate* isolate_ = nullptr;
  v8::Global<v8::Context> context_;
  std::array<v8::Global<v8::Function>, kFunctionCount> functions_;
  std::unordered_map<const RuleSet*, v8::Global<v8::Value>> compiled_;
  Registers registers_{};
  std::unique_ptr<Watchdog> watchdog_;
  size_t raised_from_ = 0;
  bool tainted_ = false;
  int transactions_ = 0;
  unsigned closed_ = 0;
};

}  // namespace cuirass
