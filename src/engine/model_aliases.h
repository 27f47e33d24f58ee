// Names that stand for models: `whisper-1` for `base`, and while a new model is tried, for it in a
// share of the requests.
//
// Which of the two serves a request is decided by the request's id and the alias alone: the same id
// gives the same model, today and on every machine. A plain value without locks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::engine {

struct ModelAlias {
  std::string name;
  std::string model;           // Serves what the candidate does not.
  std::string candidate;       // On trial; empty: none.
  double candidate_share = 0;  // Of requests, 0 to 1.
  std::string previous;        // What `model` was before; empty: nothing to go back to.
};

class ModelAliases {
 public:
  // The alias stands for that model from now on, made if it is new; a trial under way ends.
  void Point(std::string_view alias, std::string_view model);
  // Errors: NotFound for an unknown alias, InvalidArgument for a share outside 0 to 1.
  Status Try(std::string_view alias, std::string_view candidate, double share);
  // Puts an alias as List told it in the place of what has its name.
  void Restore(ModelAlias alias);
  // The candidate becomes the model. Errors: NotFound, FailedPrecondition without a candidate.
  Status Promote(std::string_view alias);
  // Ends a trial; without one goes back to the model before the last Point or Promote. Errors:
  // NotFound, FailedPrecondition when there is nothing to go back to.
  Status RollBack(std::string_view alias);
  // Errors: NotFound.
  Status Remove(std::string_view alias);

  // The model that serves a request, or null for a name that is no alias. The pointer lives until
  // the next change.
  const std::string* Choose(std::string_view alias, std::string_view request_id) const;
  // Whether an alias stands for that model, in part or in former times.
  bool Mentions(std::string_view model) const;
  bool Has(std::string_view alias) const { return aliases_.contains(alias); }
  // Sorted by name.
  std::vector<ModelAlias> List() const;

 private:
  Result<ModelAlias*> Find(std::string_view alias);
  std::map<std::string, ModelAlias, std::less<>> aliases_;
};

}  // namespace ironscribe::engine
