// One exchange: gathers what the caller says and hands it to the engine once per phase.
#pragma once

#include <v8.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine.h"
#include "waf.h"

namespace cuirass {

/// Names and values in one buffer, until a phase needs them.
class Pairs {
 public:
  /// False when it would be more than any server accepts; nothing is added then.
  bool Add(const char* name, size_t name_length, const char* value, size_t value_length);
  /// `count` times [u16 BE n][name][u32 BE v][value]; false and nothing added when the buffer is not exactly that.
  bool AddPacked(const unsigned char* packed, size_t length, int count);
  v8::Local<v8::Value> Take(v8::Isolate* isolate);

 private:
  std::string text_;
  std::vector<uint32_t> lengths_;
};

class Transaction {
 public:
  Transaction(std::shared_ptr<RuleSet> rules, const Callbacks& callbacks, Engine* engine, std::string id);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void SetConnection(std::string client, int client_port, std::string server, int server_port);
  void SetUri(std::string uri, std::string method, std::string protocol);
  Pairs& arguments() { return arguments_; }
  /// Null once they were handed over.
  Pairs* request_headers() { return object_.IsEmpty() && !over_ ? &request_headers_ : nullptr; }
  Pairs& response_headers() { return response_headers_; }

  // Phases; true when the exchange is to be interrupted. A fault is an interruption with status 500.
  bool ProcessRequestHeaders();
  bool ProcessRequestBody();
  bool ProcessResponseHeaders(int status, const char* protocol);
  bool ProcessResponseBody();
  bool ProcessLogging();

  void AppendRequestBody(const char* data, size_t length);
  void AppendResponseBody(const char* data, size_t length);

  bool WantsRequestBody();
  bool WantsResponseBody() const { return !over_ && wants_response_body_; }
  void SetStatus(int status) { answered_status_ = status; }
  bool Expand(const char* macro, std::string* text);

  bool interrupted() const { return interrupted_; }
  int status() const { return status_; }
  int rule_id() const { return rule_id_; }
  const std::string& action() const { return action_; }
  const std::string& data() const { return data_; }

 private:
  /// Body bytes that the engine has not got yet.
  struct Gathered {
    std::string bytes;
    double room = 0;
  };

  /// Phase 1, unless it ran. False when no further call may be made: after an interruption by force or the end.
  bool Begin();
  bool Call(Function function, int count, v8::Local<v8::Value> arguments[]);
  void Read(const Registers& registers);
  void Fail(const std::string& error);
  void Append(Gathered& body, Function write, const char* data, size_t length);
  bool ProcessBody(Gathered& body, Function process);
  /// The bytes as a Uint8Array over their own memory, valid until they change; undefined when there are none.
  v8::Local<v8::Value> View(Gathered& body, v8::Local<v8::ArrayBuffer>* buffer);

  std::shared_ptr<RuleSet> rules_;
  Callbacks callbacks_;
  Engine* engine_;
  std::string id_;
  std::string client_;
  std::string server_;
  std::string uri_;
  std::string method_;
  std::string protocol_;
  int client_port_ = 0;
  int server_port_ = 0;
  Pairs arguments_;
  Pairs request_headers_;
  Pairs response_headers_;
  Gathered request_body_;
  Gathered response_body_;
  v8::Global<v8::Value> object_;
  /// No more calls: logged, or given up after a fault.
  bool over_ = false;
  bool wants_request_body_ = true;
  bool wants_response_body_ = false;
  bool interrupted_ = false;
  int status_ = 0;
  int rule_id_ = 0;
  int answered_status_ = 0;
  std::string action_;
  std::string data_;
};

}  // namespace cuirass
