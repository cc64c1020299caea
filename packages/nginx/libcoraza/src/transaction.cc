#include "transaction.h"

#include "natives.h"

namespace cuirass {

namespace {

/// Bytes and number of headers or arguments of one message. nginx's own limits are far lower.
constexpr size_t kMaxPairsBytes = size_t{8} << 20;
constexpr size_t kMaxPairs = 20'000;

v8::Local<v8::Value> Integer(v8::Isolate* isolate, int value) { return v8::Integer::New(isolate, value); }

}  // namespace

// ---- names and values

bool Pairs::Add(const char* name, size_t name_length, const char* value, size_t value_length) {
  if (text_.size() + name_length + value_length > kMaxPairsBytes || lengths_.size() >= 2 * kMaxPairs) return false;
  text_.append(name, name_length);
  text_.append(value, value_length);
  lengths_.push_back(static_cast<uint32_t>(name_length));
  lengths_.push_back(static_cast<uint32_t>(value_length));
  return true;
}

bool Pairs::AddPacked(const unsigned char* packed, size_t length, int count) {
  const auto big_endian = [packed](size_t at, int bytes) {
    size_t value = 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | packed[at + static_cast<size_t>(i)];
    return value;
  };
  size_t at = 0;
  for (int i = 0; i < count; i++) {
    for (const int width : {2, 4}) {
      if (length - at < static_cast<size_t>(width)) return false;
      const size_t size = big_endian(at, width);
      at += static_cast<size_t>(width);
      if (length - at < size) return false;
      at += size;
    }
  }
  if (at != length || text_.size() + length > kMaxPairsBytes) return false;
  if (lengths_.size() / 2 + static_cast<size_t>(count) > kMaxPairs) return false;
  const char* bytes = reinterpret_cast<const char*>(packed);
  for (at = 0; at < length;) {
    const size_t name = big_endian(at, 2);
    const size_t value = big_endian(at + 2 + name, 4);
    Add(bytes + at + 2, name, bytes + at + 6 + name, value);
    at += 6 + name + value;
  }
  return true;
}

v8::Local<v8::Value> Pairs::Take(v8::Isolate* isolate) {
  std::vector<v8::Local<v8::Value>> texts;
  texts.reserve(lengths_.size());
  size_t at = 0;
  for (const uint32_t length : lengths_) {
    texts.push_back(Bytes(isolate, text_.data() + at, length));
    at += length;
  }
  text_.clear();
  lengths_.clear();
  return v8::Array::New(isolate, texts.data(), texts.size());
}

// ---- life

Transaction::Transaction(std::shared_ptr<RuleSet> rules, const Callbacks& callbacks, Engine* engine, std::string id)
    : rules_(std::move(rules)), callbacks_(callbacks), engine_(engine), id_(std::move(id)) {
  engine_->AddTransaction();
}

Transaction::~Transaction() {
  if (!over_ && !object_.IsEmpty()) {
    const UseCallbacks use(&callbacks_);
    const Engine::Scope scope(*engine_);
    v8::Local<v8::Value> object = object_.Get(engine_->isolate());
    std::string error;
    if (engine_->Call(kClose, 1, &object, &error).IsEmpty()) Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, error, "");
  }
  object_.Reset();
  engine_->RemoveTransaction();
}

void Transaction::SetConnection(std::string client, int client_port, std::string server, int server_port) {
  client_ = std::move(client);
  client_port_ = client_port;
  server_ = std::move(server);
  server_port_ = server_port;
}

void Transaction::SetUri(std::string uri, std::string method, std::string protocol) {
  uri_ = std::move(uri);
  method_ = std::move(method);
  protocol_ = std::move(protocol);
}

// ---- phases

bool Transaction::Begin() {
  if (over_) return false;
  if (!object_.IsEmpty()) return true;
  v8::Isolate* isolate = engine_->isolate();
  v8::Local<v8::Value> arguments[] = {engine_->Compiled(*rules_),
                                      Bytes(isolate, id_),
                                      Bytes(isolate, client_),
                                      Integer(isolate, client_port_),
                                      Bytes(isolate, server_),
                                      Integer(isolate, server_port_),
                                      Bytes(isolate, uri_),
                                      Bytes(isolate, method_),
                                      Bytes(isolate, protocol_),
                                      request_headers_.Take(isolate),
                                      arguments_.Take(isolate)};
  std::string error;
  v8::Local<v8::Value> object;
  if (!engine_->Call(kRequestHeaders, 11, arguments, &error).ToLocal(&object)) {
    Fail(error);
    return false;
  }
  object_.Reset(isolate, object);
  Read(engine_->registers());
  return !over_;
}

bool Transaction::ProcessRequestHeaders() {
  const UseCallbacks use(&callbacks_);
  const Engine::Scope scope(*engine_);
  Begin();
  return interrupted_;
}

bool Transaction::ProcessRequestBody() { return ProcessBody(request_body_, kRequestBody); }

bool Transaction::ProcessResponseHeaders(int status, const char* protocol) {
  const UseCallbacks use(&callbacks_);
  const Engine::Scope scope(*engine_);
  if (!Begin() || interrupted_) return interrupted_;
  v8::Isolate* isolate = engine_->isolate();
  v8::Local<v8::Value> arguments[] = {object_.Get(isolate), Integer(isolate, status), Bytes(isolate, protocol),
                                      response_headers_.Take(isolate)};
  Call(kResponseHeaders, 4, arguments);
  return interrupted_;
}

bool Transaction::ProcessResponseBody() { return ProcessBody(response_body_, kResponseBody); }

bool Transaction::ProcessLogging() {
  const UseCallbacks use(&callbacks_);
  const Engine::Scope scope(*engine_);
  if (!Begin()) return interrupted_;
  v8::Isolate* isolate = engine_->isolate();
  v8::Local<v8::Value> arguments[] = {object_.Get(isolate), Integer(isolate, answered_status_)};
  Call(kFinish, 2, arguments);
  over_ = true;
  return interrupted_;
}

// ---- bodies

bool Transaction::WantsRequestBody() {
  // Before phase 1 nobody knows; what is gathered then is given to the engine, which does.
  return !over_ && wants_request_body_;
}

void Transaction::AppendRequestBody(const char* data, size_t length) {
  if (WantsRequestBody()) Append(request_body_, kWriteRequestBody, data, length);
}

void Transaction::AppendResponseBody(const char* data, size_t length) {
  if (WantsResponseBody()) Append(response_body_, kWriteResponseBody, data, length);
}

void Transaction::Append(Gathered& body, Function write, const char* data, size_t length) {
  if (interrupted_) return;
  while (length > 0 && !interrupted_ && !over_) {
    const size_t piece = std::min(length, kBodyPiece);
    body.bytes.append(data, piece);
    data += piece;
    length -= piece;
    const bool within = static_cast<double>(body.bytes.size()) <= body.room;
    if (within && body.bytes.size() < kBodyPiece) continue;
    const UseCallbacks use(&callbacks_);
    const Engine::Scope scope(*engine_);
    if (!Begin()) return;
    // Phase 1 may just have told the room.
    if (interrupted_ || (static_cast<double>(body.bytes.size()) <= body.room && body.bytes.size() < kBodyPiece)) continue;
    v8::Local<v8::ArrayBuffer> buffer;
    v8::Local<v8::Value> arguments[] = {object_.Get(engine_->isolate()), View(body, &buffer)};
    Call(write, 2, arguments);
    if (!buffer.IsEmpty()) buffer->Detach();
    body.bytes.clear();
  }
}

bool Transaction::ProcessBody(Gathered& body, Function process) {
  const UseCallbacks use(&callbacks_);
  const Engine::Scope scope(*engine_);
  if (!Begin() || interrupted_) return interrupted_;
  v8::Local<v8::ArrayBuffer> buffer;
  v8::Local<v8::Value> arguments[] = {object_.Get(engine_->isolate()), View(body, &buffer)};
  Call(process, 2, arguments);
  if (!buffer.IsEmpty()) buffer->Detach();
  std::string().swap(body.bytes);
  return interrupted_;
}

v8::Local<v8::Value> Transaction::View(Gathered& body, v8::Local<v8::ArrayBuffer>* buffer) {
  v8::Isolate* isolate = engine_->isolate();
  if (body.bytes.empty()) return v8::Undefined(isolate);
  auto store = v8::ArrayBuffer::NewBackingStore(body.bytes.data(), body.bytes.size(), v8::BackingStore::EmptyDeleter,
                                                nullptr);
  *buffer = v8::ArrayBuffer::New(isolate, std::move(store));
  return v8::Uint8Array::New(*buffer, 0, body.bytes.size());
}

// ---- results

bool Transaction::Call(Function function, int count, v8::Local<v8::Value> arguments[]) {
  std::string error;
  if (engine_->Call(function, count, arguments, &error).IsEmpty()) {
    Fail(error);
    return false;
  }
  Read(engine_->registers());
  return true;
}

void Transaction::Read(const Registers& registers) {
  wants_request_body_ = registers.wants_request_body != 0;
  wants_response_body_ = registers.wants_response_body != 0;
  request_body_.room = registers.request_room;
  response_body_.room = registers.response_room;
  if (registers.interrupted == 0 || interrupted_) return;
  interrupted_ = true;
  status_ = static_cast<int>(registers.status);
  rule_id_ = static_cast<int>(registers.rule_id);
  v8::Isolate* isolate = engine_->isolate();
  v8::Local<v8::Value> object = object_.Get(isolate);
  v8::Local<v8::Value> pair;
  std::string error;
  if (!engine_->Call(kIntervention, 1, &object, &error).ToLocal(&pair)) return Fail(error);
  const auto here = engine_->context();
  v8::Local<v8::Value> action;
  v8::Local<v8::Value> data;
  if (pair.As<v8::Array>()->Get(here, 0).ToLocal(&action) && pair.As<v8::Array>()->Get(here, 1).ToLocal(&data)) {
    action_ = ToStd(isolate, action);
    data_ = ToStd(isolate, data);
  }
  // The caller takes 200 for "no intervention", and 0, which `drop` has, is no status.
  if (status_ == 0 || status_ == 200) status_ = 403;
}

void Transaction::Fail(const std::string& error) {
  Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, error, "tx_id=\"" + id_ + "\" policy=\"block\"");
  over_ = true;
  if (interrupted_) return;
  interrupted_ = true;
  status_ = 500;
  action_ = "deny";
}

bool Transaction::Expand(const char* macro, std::string* text) {
  if (over_ || object_.IsEmpty()) return false;
  const UseCallbacks use(&callbacks_);
  const Engine::Scope scope(*engine_);
  v8::Isolate* isolate = engine_->isolate();
  v8::Local<v8::Value> arguments[] = {object_.Get(isolate), Bytes(isolate, macro)};
  v8::Local<v8::Value> value;
  std::string error;
  if (!engine_->Call(kExpand, 2, arguments, &error).ToLocal(&value)) {
    Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, error, "");
    return false;
  }
  *text = ToStd(isolate, value);
  return true;
}

}  // namespace cuirass
