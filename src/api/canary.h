// Whether a model really works: a second of speech, built into the program, is transcribed before
// the server says that it is ready, and again now and then. What it says is compared with what it
// said first: the same weights on the same clip say the same, always.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/backend.h"
#include "api/health.h"

namespace ironscribe::api {

// A recording in Ogg Opus (data/canary).
std::string_view CanaryClip();

class Canary {
 public:
  // `backend` and `health` outlive it.
  Canary(Backend& backend, Health& health) : backend_(backend), health_(health) {}

  // Transcribes the clip with these models, by their own names, and tells `health`; blocks. Returns
  // the first error.
  Status Check(const std::vector<std::string>& models, std::stop_token stop);
  // The model is not loaded any more.
  void Forget(const std::string& model) { health_.ForgetModel(model); }

 private:
  Status CheckModel(const std::string& model, const std::stop_token& stop);
  Result<std::string> Transcribe(const std::string& model, std::stop_token stop);

  Backend& backend_;
  Health& health_;
  std::map<std::string, std::string> first_texts_;  // By the model's name and digest.
};

}  // namespace ironscribe::api
