// Runs recorded exchanges through libmodsecurity, as its connectors drive it. Commands come on standard input, a line
// each; every answer ends with a line that starts with "ok" or "error":
//
//   version            the library's own name
//   rules              begin an empty rule set
//   load FILE          add the rules of a file; "error" with the library's words when it refuses them
//   workload FILE      read exchanges (format: see read_workload and src/peers/wire-format.ts)
//   run                every exchange once: "microseconds blocked ids", a line each
//
// Only the library's work is timed, in CPU time: one transaction from its creation to its destruction.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// After the standard headers: intervention.h uses NULL and free without including what declares them.
#include <modsecurity/intervention.h>
#include <modsecurity/modsecurity.h>
#include <modsecurity/rule_message.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>

namespace {

using Header = std::pair<std::string, std::string>;

struct Exchange {
  std::string method, uri, version;
  std::vector<Header> headers;
  std::vector<std::string> body;
  int status = 200;
  std::vector<Header> response_headers;
  std::vector<std::string> response_body;
};

// Little-endian 32-bit numbers; a text is its length and its bytes, a list its length and its items.
class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

  std::uint32_t number() {
    need(4);
    std::uint32_t value = 0;
    for (int at = 3; at >= 0; at--) value = value << 8 | static_cast<unsigned char>(bytes_[at_ + at]);
    at_ += 4;
    return value;
  }

  std::string text() {
    const std::size_t length = number();
    need(length);
    std::string value = bytes_.substr(at_, length);
    at_ += length;
    return value;
  }

  std::vector<Header> headers() {
    std::vector<Header> list(number());
    for (auto &[name, value] : list) {
      name = text();
      value = text();
    }
    return list;
  }

  std::vector<std::string> texts() {
    std::vector<std::string> list(number());
    for (auto &item : list) item = text();
    return list;
  }

 private:
  void need(std::size_t count) const {
    if (count > bytes_.size() - at_) throw std::runtime_error("the workload ends early");
  }

  std::string bytes_;
  std::size_t at_ = 0;
};

std::vector<Exchange> read_workload(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  Reader reader{std::string(std::istreambuf_iterator<char>(file), {})};
  std::vector<Exchange> exchanges(reader.number());
  for (auto &exchange : exchanges) {
    exchange.method = reader.text();
    exchange.uri = reader.text();
    exchange.version = reader.text();
    exchange.headers = reader.headers();
    exchange.body = reader.texts();
    exchange.status = static_cast<int>(reader.number());
    exchange.response_headers = reader.headers();
    exchange.response_body = reader.texts();
  }
  return exchanges;
}

const unsigned char *raw(const std::string &text) { return reinterpret_cast<const unsigned char *>(text.data()); }

bool interrupted(modsecurity::Transaction &transaction) {
  modsecurity::ModSecurityIntervention intervention;
  modsecurity::intervention::clean(&intervention);
  const bool stop = transaction.intervention(&intervention) && intervention.disruptive != 0;
  modsecurity::intervention::free(&intervention);
  return stop;
}

// Phases 1 to 4; true when a rule interrupted.
bool inspect(modsecurity::Transaction &transaction, const Exchange &exchange) {
  transaction.processConnection("203.0.113.7", 49152, "192.0.2.10", 443);
  transaction.processURI(exchange.uri.c_str(), exchange.method.c_str(), exchange.version.c_str());
  if (interrupted(transaction)) return true;
  for (const auto &[name, value] : exchange.headers) {
    transaction.addRequestHeader(raw(name), name.size(), raw(value), value.size());
  }
  transaction.processRequestHeaders();
  if (interrupted(transaction)) return true;
  for (const auto &piece : exchange.body) {
    transaction.appendRequestBody(raw(piece), piece.size());
    if (interrupted(transaction)) return true;
  }
  transaction.processRequestBody();
  if (interrupted(transaction)) return true;
  for (const auto &[name, value] : exchange.response_headers) {
    transaction.addResponseHeader(raw(name), name.size(), raw(value), value.size());
  }
  transaction.processResponseHeaders(exchange.status, "HTTP/1.1");
  if (interrupted(transaction)) return true;
  for (const auto &piece : exchange.response_body) {
    transaction.appendResponseBody(raw(piece), piece.size());
    if (interrupted(transaction)) return true;
  }
  transaction.processResponseBody();
  return interrupted(transaction);
}

// The log call-back's data is the list of ids of the running transaction.
void on_log(void *data, const void *message) {
  static_cast<std::vector<int> *>(data)->push_back(static_cast<const modsecurity::RuleMessage *>(message)->m_ruleId);
}

double cpu_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

void run(modsecurity::ModSecurity &library, modsecurity::RulesSet &rules, const std::vector<Exchange> &exchanges) {
  std::string answer;
  for (const auto &exchange : exchanges) {
    std::vector<int> ids;
    const double started = cpu_microseconds();
    auto *transaction = new modsecurity::Transaction(&library, &rules, &ids);
    const bool blocked = inspect(*transaction, exchange);
    transaction->processLogging();
    delete transaction;
    const double took = cpu_microseconds() - started;
    std::sort(ids.begin(), ids.end());
    answer += std::to_string(took) + (blocked ? " 1 " : " 0 ");
    for (std::size_t at = 0; at < ids.size(); at++) answer += (at == 0 ? "" : ",") + std::to_string(ids[at]);
    answer += '\n';
  }
  std::cout << answer;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

int main() {
  modsecurity::ModSecurity library;
  library.setConnectorInformation("cuirass-bench");
  library.setServerLogCb(on_log, modsecurity::RuleMessageLogProperty);
  auto rules = std::make_unique<modsecurity::RulesSet>();
  std::vector<Exchange> exchanges;
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t space = line.find(' ');
    const std::string command = line.substr(0, space);
    const std::string argument = space == std::string::npos ? "" : line.substr(space + 1);
    try {
      if (command == "version") {
        std::cout << library.whoAmI() << '\n';
      } else if (command == "rules") {
        rules = std::make_unique<modsecurity::RulesSet>();
      } else if (command == "load") {
        if (rules->loadFromUri(argument.c_str()) < 0) throw std::runtime_error(rules->getParserError());
      } else if (command == "workload") {
        exchanges = read_workload(argument);
      } else if (command == "run") {
        run(library, *rules, exchanges);
      } else {
        throw std::runtime_error("unknown command " + command);
      }
      std::cout << "ok" << std::endl;
    } catch (const std::exception &fault) {
      std::cout << "error " << one_line(fault.what()) << std::endl;
    }
  }
}
