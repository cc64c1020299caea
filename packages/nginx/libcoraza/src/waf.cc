#include "waf.h"

#include <map>

namespace cuirass {

std::shared_ptr<RuleSet> OpenRules(const std::vector<std::string>& sources, std::string* error) {
  static auto& shared = *new std::map<std::string, std::weak_ptr<RuleSet>>();
  Engine* engine = Engine::Get(error);
  if (engine == nullptr) return nullptr;
  auto rules = std::make_shared<RuleSet>(sources);
  const auto known = shared.find(rules->key);
  if (known != shared.end()) {
    if (auto found = known->second.lock()) {
      rules->key.clear();
      return found;
    }
    shared.erase(known);
  }
  if (!engine->Open(*rules, error)) return nullptr;
  shared[rules->key] = rules;
  return rules;
}

}  // namespace cuirass
