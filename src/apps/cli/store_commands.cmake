# The subcommands `models` and `doctor`.
find_package(CLI11 REQUIRED)

# What they do, with everything from outside handed in, so that tests run it on fakes.
ironscribe_library(store_actions
  SOURCES doctor_checks.cc doctor_command.cc models_actions.cc models_flags.cc models_report.cc
          pull_progress.cc text_table.cc
  DEPS ironscribe_base ironscribe_io ironscribe_store ironscribe_cli fmt::fmt)
target_link_libraries(ironscribe_store_actions
  PRIVATE CLI11::CLI11 nlohmann_json::nlohmann_json)

# The same with the engine.
ironscribe_library(store_commands SOURCES models_command.cc
  DEPS ironscribe_store_actions ironscribe_model_description ironscribe_engine)

ironscribe_test(store_commands_test
  SOURCES doctor_checks_test.cc models_flags_test.cc pull_progress_test.cc text_table_test.cc
  DEPS ironscribe_store_actions ironscribe_store_stubs nlohmann_json::nlohmann_json)
