// Help for people: one placeholder per flag, and lines that fit a terminal. The environment
// variables follow a rule that a footer can give, so CLI11's "(Env:...)" is left out. For .cc files
// that use CLI11 anyway.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace ironscribe::cli {

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace ironscribe::cli
