#include "engine.h"

#include <libplatform/libplatform.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <set>

#include "bundle.h"
#include "log.h"
#include "natives.h"
#include "snapshot.h"

namespace cuirass {

Limits limits;

namespace {

constexpr const char* kFunctionNames[kFunctionCount] = {
    "attach",       "openWaf",        "dropWaf",         "ruleCount",         "matchedSeverity", "matchedErrorLog",
    "requestHeaders", "writeRequestBody", "requestBody", "responseHeaders",   "writeResponseBody", "responseBody",
    "finish",       "close",          "intervention",    "expand",            "warmUp",
    "removePolyfills"};

/// Exchanges run before a snapshot is taken and before the first request of a cold start.
constexpr int kWarmUpRounds = 8;
constexpr int kWarmUpMs = 2000;

pid_t started_in = 0;
/// Perf: asked at every call; getpid there was two thirds of the cost of a whole exchange of calls.
bool forked = false;
// Nothing here is destroyed at exit: a forked child that exits would wait for threads it does not have.
std::string& flags = *new std::string();
v8::Platform* platform = nullptr;
Engine* current = nullptr;
/// Tainted ones whose transactions are not over. They delete themselves with the last one.
std::set<Engine*>& retired = *new std::set<Engine*>();
/// Rule sets in use: a new engine needs them all.
std::set<RuleSet*>& rule_sets = *new std::set<RuleSet*>();
v8::StartupData startup{nullptr, 0};

/// systemd's MemoryDenyWriteExecute and kernels alike refuse to make written memory executable.
bool MayWriteCode() {
  const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  const bool may = mprotect(page, size, PROT_READ | PROT_EXEC) == 0;
  munmap(page, size);
  return may;
}

bool StartV8(std::string* error) {
  // Processes that were not made by fork(3) are found out here, once per transaction.
  if (started_in != 0 && started_in != getpid()) forked = true;
  if (Engine::Forked()) {
    *error = "this process was forked from one in which libcoraza had started: load the library after the fork";
    return false;
  }
  if (started_in != 0) return true;
  started_in = getpid();
  pthread_atfork(nullptr, nullptr, [] { forked = true; });
  flags = "--single-threaded";
  if (!MayWriteCode()) {
    flags += " --jitless --no-expose-wasm";
    Log(CORAZA_DEBUG_LOG_LEVEL_ERROR,
        "this process may not make memory executable (MemoryDenyWriteExecute?): rules run 3 to 5 times slower", "");
  }
  v8::V8::SetFlagsFromString(flags.c_str(), flags.size());
  platform = v8::platform::NewSingleThreadedDefaultPlatform().release();
  v8::V8::InitializePlatform(platform);
  v8::V8::Initialize();
  return true;
}

}  // namespace

// ---- buffers

bool BufferAllocator::Take(size_t length) {
  if (length > limits.buffer_bytes - used_) return false;
  used_ += length;
  return true;
}

void* BufferAllocator::Allocate(size_t length) {
  if (!Take(length)) return nullptr;
  void* data = calloc(1, length);
  if (data == nullptr) used_ -= length;
  return data;
}

void* BufferAllocator::AllocateUninitialized(size_t length) {
  if (!Take(length)) return nullptr;
  void* data = malloc(length);
  if (data == nullptr) used_ -= length;
  return data;
}

void BufferAllocator::Free(void* data, size_t length) {
  used_ -= length;
  free(data);
}

// ---- rule sets

RuleSet::RuleSet(std::vector<std::string> parts) : sources(std::move(parts)) {
  for (const std::string& part : sources) key += std::to_string(part.size()) + ":" + part;
  rule_sets.insert(this);
}

RuleSet::~RuleSet() {
  rule_sets.erase(this);
  if (current != nullptr && !Engine::Forked()) current->Drop(*this);
}

// ---- start

Engine* Engine::Current() { return Forked() ? nullptr : current; }

Engine* Engine::Running() {
  v8::Isolate* isolate = Forked() || current == nullptr ? nullptr : v8::Isolate::TryGetCurrent();
  return isolate == nullptr ? nullptr : static_cast<Engine*>(isolate->GetData(0));
}

bool Engine::Forked() { return forked; }

Engine* Engine::Get(std::string* error) {
  if (!StartV8(error)) return nullptr;
  if (current == nullptr) current = Start(false, error);
  return current;
}

Engine* Engine::ForNewTransaction(std::string* error) {
  Engine* engine = Get(error);
  if (engine == nullptr || !engine->tainted_) return engine;
  std::string reason;
  Engine* next = Start(false, &reason);
  for (RuleSet* rules : rule_sets) {
    if (next != nullptr && !next->Open(*rules, &reason)) {
      delete next;
      next = nullptr;
    }
  }
  if (next == nullptr) {
    // The rules were good once; the files may not be. What still works is better than nothing.
    Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, "the engine cannot be replaced after a call that was ended by force: " + reason, "");
    engine->tainted_ = false;
    return engine;
  }
  Log(CORAZA_DEBUG_LOG_LEVEL_WARN, "the engine was replaced after a call that was ended by force", "");
  if (engine->transactions_ > 0) {
    retired.insert(engine);
  } else {
    delete engine;
  }
  current = next;
  return current;
}

Engine* Engine::Start(bool record, std::string* error) {
  std::unique_ptr<Engine> engine(new Engine());
  const bool from_snapshot = !record && startup.data != nullptr;
  if (record) {
    engine->creator_ = std::make_unique<v8::SnapshotCreator>(ExternalReferences());
    engine->isolate_ = engine->creator_->GetIsolate();
    // The creator enters its isolate for good; calls enter it again, which nests.
  } else {
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = &engine->allocator_;
    params.external_references = ExternalReferences();
    params.constraints.ConfigureDefaultsFromHeapSize(0, limits.heap_bytes);
    if (from_snapshot) params.snapshot_blob = &startup;
    engine->isolate_ = v8::Isolate::New(params);
    engine->isolate_->AddNearHeapLimitCallback(NearHeapLimit, engine.get());
    engine->watchdog_ = std::make_unique<Watchdog>(limits.call_ms);
  }
  engine->isolate_->SetData(0, engine.get());
  engine->isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  return engine->Prepare(from_snapshot, !record, error) ? engine.release() : nullptr;
}

bool Engine::Prepare(bool from_snapshot, bool attach, std::string* error) {
  v8::Isolate::Scope isolate_scope(isolate_);
  v8::HandleScope handles(isolate_);
  const v8::Local<v8::Context> context = v8::Context::New(isolate_);
  v8::Context::Scope context_scope(context);
  context_.Reset(isolate_, context);
  v8::TryCatch caught(isolate_);
  const v8::Local<v8::Object> global = context->Global();
  if (!from_snapshot) {
    v8::Local<v8::Object> natives;
    v8::Local<v8::Script> script;
    v8::ScriptOrigin origin(isolate_, Bytes(isolate_, "libcoraza.js"));
    if (!NativesTemplate(isolate_)->NewInstance(context).ToLocal(&natives) ||
        !global->Set(context, Bytes(isolate_, "native"), natives).FromMaybe(false) ||
        !v8::Script::Compile(context, Bytes(isolate_, kBundle, kBundleLength()), &origin).ToLocal(&script) ||
        script->Run(context).IsEmpty()) {
      *error = "the engine does not start: " + Describe(caught);
      return false;
    }
  }
  v8::Local<v8::Value> exports;
  if (!global->Get(context, Bytes(isolate_, "cuirass")).ToLocal(&exports) || !exports->IsObject()) {
    *error = "the engine does not start: the bundle defines nothing";
    return false;
  }
  for (int at = 0; at < kFunctionCount; at++) {
    v8::Local<v8::Value> function;
    if (!exports.As<v8::Object>()->Get(context, Bytes(isolate_, kFunctionNames[at])).ToLocal(&function) ||
        !function->IsFunction()) {
      *error = std::string("the engine does not start: the bundle has no function ") + kFunctionNames[at];
      return false;
    }
    functions_[static_cast<size_t>(at)].Reset(isolate_, function.As<v8::Function>());
  }
  if (!attach) return true;
  auto store = v8::ArrayBuffer::NewBackingStore(&registers_, sizeof registers_, v8::BackingStore::EmptyDeleter, nullptr);
  v8::Local<v8::Value> memory = v8::ArrayBuffer::New(isolate_, std::move(store));
  return !Call(kAttach, 1, &memory, error).IsEmpty();
}

Engine::~Engine() {
  if (isolate_ == nullptr) return;
  watchdog_.reset();
  for (auto& function : functions_) function.Reset();
  compiled_.clear();
  context_.Reset();
  if (creator_ != nullptr) {
    creator_.reset();
  } else {
    v8::platform::NotifyIsolateShutdown(platform, isolate_);
    isolate_->Dispose();
  }
}

// ---- calls

v8::MaybeLocal<v8::Value> Engine::Call(Function function, int count, v8::Local<v8::Value> arguments[],
                                       std::string* error, bool timed) {
  v8::EscapableHandleScope handles(isolate_);
  v8::TryCatch caught(isolate_);
  const auto called = functions_[function].Get(isolate_);
  const auto receiver = v8::Undefined(isolate_);
  timed = timed && watchdog_ != nullptr;
  if (timed) watchdog_->Enter(isolate_);
  const v8::MaybeLocal<v8::Value> result = called->Call(context(), receiver, count, arguments);
  const bool late = timed && watchdog_->Leave();
  if (raised_from_ != 0) {
    isolate_->CancelTerminateExecution();
    isolate_->RemoveNearHeapLimitCallback(NearHeapLimit, 0);
    isolate_->AddNearHeapLimitCallback(NearHeapLimit, this);
    isolate_->AutomaticallyRestoreInitialHeapLimit();
    raised_from_ = 0;
    tainted_ = true;
    *error = "out of memory: the heap limit of " + std::to_string(limits.heap_bytes >> 20) + " MB is reached";
    return {};
  }
  if (late) {
    tainted_ = true;
    *error = "a call took more than " + std::to_string(limits.call_ms) + " ms of CPU and was ended";
    return {};
  }
  v8::Local<v8::Value> value;
  if (!result.ToLocal(&value)) {
    *error = Describe(caught);
    return {};
  }
  return handles.Escape(value);
}

size_t Engine::NearHeapLimit(void* data, size_t limit, size_t) {
  auto* engine = static_cast<Engine*>(data);
  if (engine->raised_from_ == 0) engine->raised_from_ = limit;
  engine->isolate_->TerminateExecution();
  // Room to get out: the longest text that a body of the largest default limit makes, twice.
  return limit + (size_t{256} << 20);
}

std::string Engine::Describe(const v8::TryCatch& caught) const {
  if (!caught.HasCaught()) return "unknown fault";
  if (caught.HasTerminated() || caught.Exception().IsEmpty()) return "the call was ended";
  v8::Local<v8::Value> message;
  const auto here = context();
  if (caught.Exception()->IsObject() &&
      caught.Exception().As<v8::Object>()->Get(here, Bytes(isolate_, "message")).ToLocal(&message) &&
      message->IsString()) {
    return ToStd(isolate_, message);
  }
  return ToStd(isolate_, caught.Exception());
}

void Engine::RemoveTransaction() {
  transactions_--;
  if (transactions_ == 0 && retired.erase(this) > 0) {
    delete this;
    return;
  }
  // Tasks of the garbage collector wait for a loop that nginx does not run.
  if (++closed_ % 64 == 0) {
    const Scope scope(*this);
    while (v8::platform::PumpMessageLoop(platform, isolate_)) continue;
  }
}

// ---- rules

bool Engine::Open(RuleSet& rules, std::string* error) {
  const Scope scope(*this);
  std::vector<v8::Local<v8::Value>> sources;
  for (const std::string& part : rules.sources) {
    v8::Local<v8::String> text;
    if (!TryBytes(isolate_, part.data(), part.size()).ToLocal(&text)) return *error = "directives too long", false;
    sources.push_back(text);
  }
  v8::Local<v8::Value> open[] = {Bytes(isolate_, rules.key),
                                 v8::Array::New(isolate_, sources.data(), sources.size())};
  v8::Local<v8::Value> waf;
  v8::Local<v8::Value> count;
  if (!Call(kOpenWaf, 2, open, error, false).ToLocal(&waf)) return false;
  if (!Call(kRuleCount, 1, &waf, error).ToLocal(&count)) return false;
  rules.count = static_cast<int>(count->IntegerValue(context()).FromMaybe(0));
  compiled_[&rules].Reset(isolate_, waf);
  return true;
}

void Engine::Drop(const RuleSet& rules) {
  const Scope scope(*this);
  std::string error;
  compiled_.erase(&rules);
  v8::Local<v8::Value> key = Bytes(isolate_, rules.key);
  if (Call(kDropWaf, 1, &key, &error).IsEmpty()) Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, error, "");
}

// ---- snapshots

bool Engine::BeginSnapshot(std::string* error) {
  if (!StartV8(error)) return false;
  if (current != nullptr) return *error = "an engine is running already", false;
  current = Start(true, error);
  return current != nullptr;
}

bool Engine::WriteSnapshot(int descriptor, std::string* error) {
  if (Forked() || current == nullptr || !current->records_snapshot()) return *error = "no snapshot was begun", false;
  Engine& engine = *current;
  {
    const Scope scope(engine);
    for (const RuleSet* rules : rule_sets) {
      v8::Local<v8::Value> arguments[] = {engine.Compiled(*rules), v8::Integer::New(engine.isolate_, kWarmUpRounds),
                                          v8::Integer::New(engine.isolate_, kWarmUpMs)};
      if (engine.Call(kWarmUp, 3, arguments, error, false).IsEmpty()) return false;
    }
    if (engine.Call(kRemovePolyfills, 0, nullptr, error).IsEmpty()) return false;
    engine.creator_->SetDefaultContext(engine.context());
  }
  for (auto& function : engine.functions_) function.Reset();
  engine.compiled_.clear();
  engine.context_.Reset();
  const v8::StartupData blob = engine.creator_->CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
  if (blob.data == nullptr) return *error = "V8 cannot write a snapshot of this heap", false;
  const bool written =
      WriteEnvelope(descriptor, SnapshotKey(flags), blob.data, static_cast<size_t>(blob.raw_size), error);
  delete[] blob.data;
  return written;
}

bool Engine::UseSnapshot(const void* data, size_t length, std::string* error) {
  if (!StartV8(error)) return false;
  if (current != nullptr) return *error = "an engine is running already", false;
  const char* blob = nullptr;
  size_t blob_length = 0;
  if (!OpenEnvelope(data, length, SnapshotKey(flags), &blob, &blob_length, error)) return false;
  v8::StartupData candidate{blob, static_cast<int>(blob_length)};
  if (!candidate.IsValid()) return *error = "snapshot: V8 refuses it", false;
  startup = candidate;
  return true;
}

}  // namespace cuirass
