// Configurations and WAFs. WAFs with the same directives share their compiled rules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine.h"
#include "log.h"

namespace cuirass {

struct Config {
  /// Alternating kind (`text` or `file`) and directives or path.
  std::vector<std::string> sources;
  Callbacks callbacks;
};

struct Waf {
  std::shared_ptr<RuleSet> rules;
  Callbacks callbacks;
};

/// Compiles the directives, or finds the WAF that has them. Null with a message.
std::shared_ptr<RuleSet> OpenRules(const std::vector<std::string>& sources, std::string* error);

}  // namespace cuirass
