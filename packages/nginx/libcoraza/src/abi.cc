// The C interface: checks what callers hand in and translates. No decision is made here.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include "coraza/coraza.h"
#include "coraza/cuirass.h"
#include "engine.h"
#include "log.h"
#include "natives.h"
#include "transaction.h"
#include "waf.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using cuirass::Config;
using cuirass::Engine;
using cuirass::Pairs;
using cuirass::Transaction;
using cuirass::Waf;

/// Compatible with libcoraza 1.7.0 and later.
constexpr int kVersion = 10700;
constexpr size_t kFilePiece = 65536;

Config* ConfigOf(coraza_waf_config_t handle) { return reinterpret_cast<Config*>(handle); }
Waf* WafOf(coraza_waf_t handle) { return reinterpret_cast<Waf*>(handle); }

/// Null in a process forked after the start: its copy of the engine must not run.
Transaction* TransactionOf(coraza_transaction_t handle) {
  return Engine::Forked() ? nullptr : reinterpret_cast<Transaction*>(handle);
}

std::string Text(const char* text) { return text == nullptr ? "" : text; }

char* Duplicate(const std::string& text) {
  auto* copy = static_cast<char*>(malloc(text.size() + 1));
  if (copy != nullptr) memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

void Tell(char** err, const std::string& message) {
  if (err != nullptr) *err = Duplicate(message);
}

int Answer(bool interrupted) { return interrupted ? CORAZA_INTERRUPTION : CORAZA_OK; }

int Add(Pairs* pairs, const char* name, int name_length, const char* value, int value_length) {
  if (pairs == nullptr || name_length < 0 || value_length < 0) return CORAZA_ERROR;
  if ((name == nullptr && name_length > 0) || (value == nullptr && value_length > 0)) return CORAZA_ERROR;
  const bool added = pairs->Add(name == nullptr ? "" : name, static_cast<size_t>(name_length),
                                value == nullptr ? "" : value, static_cast<size_t>(value_length));
  return added ? CORAZA_OK : CORAZA_ERROR;
}

int AddPacked(Pairs* pairs, const char* packed, int length, int count) {
  if (pairs == nullptr || length < 0 || count < 0 || (packed == nullptr && length > 0)) return CORAZA_ERROR;
  const auto* bytes = reinterpret_cast<const unsigned char*>(packed);
  return pairs->AddPacked(bytes, static_cast<size_t>(length), count) ? CORAZA_OK : CORAZA_ERROR;
}

coraza_transaction_t NewTransaction(coraza_waf_t handle, std::string id) {
  const Waf* waf = WafOf(handle);
  if (waf == nullptr) return 0;
  const cuirass::UseCallbacks use(&waf->callbacks);
  std::string error;
  Engine* engine = Engine::ForNewTransaction(&error);
  if (engine == nullptr || engine->records_snapshot()) {
    cuirass::Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, engine == nullptr ? error : "this process only makes a snapshot", "");
    return 0;
  }
  return reinterpret_cast<coraza_transaction_t>(new Transaction(waf->rules, waf->callbacks, engine, std::move(id)));
}

}  // namespace

// ---- configuration

EXPORT coraza_waf_config_t coraza_new_waf_config(void) { return reinterpret_cast<coraza_waf_config_t>(new Config()); }

EXPORT int coraza_rules_add(coraza_waf_config_t config, char* directives) {
  if (config == 0 || directives == nullptr) return CORAZA_ERROR;
  ConfigOf(config)->sources.insert(ConfigOf(config)->sources.end(), {"text", directives});
  return CORAZA_OK;
}

EXPORT int coraza_rules_add_file(coraza_waf_config_t config, char* path) {
  if (config == 0 || path == nullptr || *path == '\0') return CORAZA_ERROR;
  ConfigOf(config)->sources.insert(ConfigOf(config)->sources.end(), {"file", path});
  return CORAZA_OK;
}

EXPORT int coraza_add_debug_log_callback(coraza_waf_config_t config, coraza_debug_log_cb callback, void* context) {
  if (config == 0) return CORAZA_ERROR;
  ConfigOf(config)->callbacks.debug = callback;
  ConfigOf(config)->callbacks.debug_context = context;
  return CORAZA_OK;
}

EXPORT int coraza_add_error_callback(coraza_waf_config_t config, coraza_error_cb callback, void* context) {
  if (config == 0) return CORAZA_ERROR;
  ConfigOf(config)->callbacks.error = callback;
  ConfigOf(config)->callbacks.error_context = context;
  return CORAZA_OK;
}

EXPORT int coraza_free_waf_config(coraza_waf_config_t config) {
  delete ConfigOf(config);
  return CORAZA_OK;
}

// ---- WAFs

EXPORT coraza_waf_t coraza_new_waf(coraza_waf_config_t handle, char** err) {
  if (err != nullptr) *err = nullptr;
  const Config* config = ConfigOf(handle);
  if (config == nullptr) return Tell(err, "no configuration"), 0;
  const cuirass::UseCallbacks use(&config->callbacks);
  std::string error;
  auto rules = cuirass::OpenRules(config->sources, &error);
  if (rules == nullptr) return Tell(err, error), 0;
  return reinterpret_cast<coraza_waf_t>(new Waf{std::move(rules), config->callbacks});
}

EXPORT int coraza_free_waf(coraza_waf_t waf) {
  delete WafOf(waf);
  return CORAZA_OK;
}

EXPORT int coraza_rules_count(coraza_waf_t waf) { return waf == 0 ? 0 : WafOf(waf)->rules->count; }

EXPORT int coraza_rules_merge(coraza_waf_t waf, coraza_waf_t other, char** err) {
  if (err != nullptr) *err = nullptr;
  if (waf == 0 || other == 0) return Tell(err, "no WAF"), CORAZA_ERROR;
  std::vector<std::string> sources = WafOf(waf)->rules->sources;
  const std::vector<std::string>& more = WafOf(other)->rules->sources;
  sources.insert(sources.end(), more.begin(), more.end());
  const cuirass::UseCallbacks use(&WafOf(waf)->callbacks);
  std::string error;
  auto rules = cuirass::OpenRules(sources, &error);
  if (rules == nullptr) return Tell(err, error), CORAZA_ERROR;
  WafOf(waf)->rules = std::move(rules);
  return CORAZA_OK;
}

// ---- transactions

EXPORT coraza_transaction_t coraza_new_transaction(coraza_waf_t waf) { return NewTransaction(waf, ""); }

EXPORT coraza_transaction_t coraza_new_transaction_with_id(coraza_waf_t waf, char* id) {
  return NewTransaction(waf, Text(id));
}

EXPORT int coraza_free_transaction(coraza_transaction_t tx) {
  delete TransactionOf(tx);
  return CORAZA_OK;
}

EXPORT coraza_intervention_t* coraza_intervention(coraza_transaction_t handle) {
  const Transaction* tx = TransactionOf(handle);
  if (tx == nullptr || !tx->interrupted()) return nullptr;
  auto* intervention = static_cast<coraza_intervention_t*>(calloc(1, sizeof(coraza_intervention_t)));
  if (intervention == nullptr) return nullptr;
  intervention->action = Duplicate(tx->action());
  intervention->status = tx->status();
  intervention->disruptive = 1;
  intervention->data = Duplicate(tx->data());
  intervention->rule_id = tx->rule_id();
  return intervention;
}

EXPORT int coraza_free_intervention(coraza_intervention_t* intervention) {
  if (intervention == nullptr) return 1;
  free(intervention->action);
  free(intervention->data);
  free(intervention);
  return 0;
}

EXPORT int coraza_process_connection(coraza_transaction_t handle, char* client, int client_port, char* server,
                                     int server_port) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr) return CORAZA_ERROR;
  tx->SetConnection(Text(client), client_port, Text(server), server_port);
  return CORAZA_OK;
}

EXPORT int coraza_process_uri(coraza_transaction_t handle, char* uri, char* method, char* protocol) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr) return CORAZA_ERROR;
  tx->SetUri(Text(uri), Text(method), Text(protocol));
  return CORAZA_OK;
}

EXPORT int coraza_add_get_args(coraza_transaction_t handle, char* name, char* value) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr || name == nullptr || value == nullptr) return CORAZA_ERROR;
  return tx->arguments().Add(name, strlen(name), value, strlen(value)) ? CORAZA_OK : CORAZA_ERROR;
}

EXPORT int coraza_add_request_header(coraza_transaction_t handle, char* name, int name_length, char* value,
                                     int value_length) {
  Transaction* tx = TransactionOf(handle);
  return Add(tx == nullptr ? nullptr : tx->request_headers(), name, name_length, value, value_length);
}

EXPORT int coraza_add_request_headers(coraza_transaction_t handle, char* packed, int length, int count) {
  Transaction* tx = TransactionOf(handle);
  return AddPacked(tx == nullptr ? nullptr : tx->request_headers(), packed, length, count);
}

EXPORT int coraza_process_request_headers(coraza_transaction_t handle) {
  Transaction* tx = TransactionOf(handle);
  return tx == nullptr ? CORAZA_ERROR : Answer(tx->ProcessRequestHeaders());
}

EXPORT int coraza_is_request_body_accessible(coraza_transaction_t handle) {
  Transaction* tx = TransactionOf(handle);
  return tx != nullptr && tx->WantsRequestBody() ? 1 : 0;
}

EXPORT int coraza_append_request_body(coraza_transaction_t handle, unsigned char* data, int length) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr || length < 0 || (data == nullptr && length > 0)) return CORAZA_ERROR;
  tx->AppendRequestBody(reinterpret_cast<const char*>(data), static_cast<size_t>(length));
  return CORAZA_OK;
}

EXPORT int coraza_request_body_from_file(coraza_transaction_t handle, char* path) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr || path == nullptr) return CORAZA_ERROR;
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return CORAZA_ERROR;
  std::string piece(kFilePiece, '\0');
  ssize_t got = 1;
  while (got != 0 && !tx->interrupted()) {
    got = read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    tx->AppendRequestBody(piece.data(), static_cast<size_t>(got));
  }
  close(descriptor);
  return got < 0 ? CORAZA_ERROR : CORAZA_OK;
}

EXPORT int coraza_process_request_body(coraza_transaction_t handle) {
  Transaction* tx = TransactionOf(handle);
  return tx == nullptr ? CORAZA_ERROR : Answer(tx->ProcessRequestBody());
}

EXPORT int coraza_update_status_code(coraza_transaction_t handle, int status) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr) return CORAZA_ERROR;
  tx->SetStatus(status);
  return CORAZA_OK;
}

EXPORT int coraza_add_response_header(coraza_transaction_t handle, char* name, int name_length, char* value,
                                      int value_length) {
  Transaction* tx = TransactionOf(handle);
  return Add(tx == nullptr ? nullptr : &tx->response_headers(), name, name_length, value, value_length);
}

EXPORT int coraza_add_response_headers(coraza_transaction_t handle, char* packed, int length, int count) {
  Transaction* tx = TransactionOf(handle);
  return AddPacked(tx == nullptr ? nullptr : &tx->response_headers(), packed, length, count);
}

EXPORT int coraza_process_response_headers(coraza_transaction_t handle, int status, char* protocol) {
  Transaction* tx = TransactionOf(handle);
  return tx == nullptr ? CORAZA_ERROR : Answer(tx->ProcessResponseHeaders(status, Text(protocol).c_str()));
}

EXPORT int coraza_is_response_body_processable(coraza_transaction_t handle) {
  const Transaction* tx = TransactionOf(handle);
  return tx != nullptr && tx->WantsResponseBody() ? 1 : 0;
}

EXPORT int coraza_append_response_body(coraza_transaction_t handle, unsigned char* data, int length) {
  Transaction* tx = TransactionOf(handle);
  if (tx == nullptr || length < 0 || (data == nullptr && length > 0)) return CORAZA_ERROR;
  tx->AppendResponseBody(reinterpret_cast<const char*>(data), static_cast<size_t>(length));
  return CORAZA_OK;
}

EXPORT int coraza_process_response_body(coraza_transaction_t handle) {
  Transaction* tx = TransactionOf(handle);
  return tx == nullptr ? CORAZA_ERROR : Answer(tx->ProcessResponseBody());
}

EXPORT int coraza_process_logging(coraza_transaction_t handle) {
  Transaction* tx = TransactionOf(handle);
  return tx == nullptr ? CORAZA_ERROR : Answer(tx->ProcessLogging());
}

// ---- matched rules

EXPORT coraza_severity_t coraza_matched_rule_get_severity(coraza_matched_rule_t rule) {
  Engine* engine = Engine::Running();
  if (rule == 0 || engine == nullptr) return CORAZA_SEVERITY_UNKNOWN;
  const Engine::Scope scope(*engine);
  std::string error;
  v8::Local<v8::Value> severity;
  auto* matched = reinterpret_cast<v8::Local<v8::Value>*>(rule);
  if (!engine->Call(cuirass::kMatchedSeverity, 1, matched, &error).ToLocal(&severity)) return CORAZA_SEVERITY_UNKNOWN;
  return static_cast<coraza_severity_t>(severity->IntegerValue(engine->context()).FromMaybe(0));
}

EXPORT char* coraza_matched_rule_get_error_log(coraza_matched_rule_t rule) {
  Engine* engine = Engine::Running();
  if (rule == 0 || engine == nullptr) return nullptr;
  const Engine::Scope scope(*engine);
  std::string error;
  v8::Local<v8::Value> line;
  auto* matched = reinterpret_cast<v8::Local<v8::Value>*>(rule);
  if (!engine->Call(cuirass::kMatchedErrorLog, 1, matched, &error).ToLocal(&line)) return nullptr;
  return Duplicate(cuirass::ToStd(engine->isolate(), line));
}

EXPORT void coraza_free_string(char* text) { free(text); }

EXPORT int coraza_version_num(void) { return kVersion; }

// ---- beyond the common interface

EXPORT int cuirass_snapshot_begin(void) {
  std::string error;
  if (Engine::BeginSnapshot(&error)) return 0;
  cuirass::Log(CORAZA_DEBUG_LOG_LEVEL_ERROR, error, "");
  return -1;
}

EXPORT int cuirass_snapshot_write(int descriptor, char** err) {
  std::string error;
  if (Engine::WriteSnapshot(descriptor, &error)) return 0;
  Tell(err, error);
  return -1;
}

EXPORT int cuirass_snapshot_use(const void* data, size_t length, char** err) {
  std::string error;
  if (Engine::UseSnapshot(data, length, &error)) return 0;
  Tell(err, error);
  return -1;
}

EXPORT char* cuirass_expand(coraza_transaction_t handle, const char* macro) {
  Transaction* tx = TransactionOf(handle);
  std::string text;
  if (tx == nullptr || macro == nullptr || !tx->Expand(macro, &text)) return nullptr;
  return Duplicate(text);
}

EXPORT int cuirass_set_limit(cuirass_limit_t limit, long value) {
  if (value <= 0 || Engine::Current() != nullptr) return -1;
  if (limit == CUIRASS_LIMIT_CALL_MS) cuirass::limits.call_ms = value;
  else if (limit == CUIRASS_LIMIT_HEAP_MB) cuirass::limits.heap_bytes = static_cast<size_t>(value) << 20;
  else if (limit == CUIRASS_LIMIT_BUFFERS_MB) cuirass::limits.buffer_bytes = static_cast<size_t>(value) << 20;
  else return -1;
  return 0;
}
