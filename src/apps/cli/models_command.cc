#include "apps/cli/models_command.h"

#include <iostream>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/models_flags.h"
#include "engine/model_description.h"
#include "engine/model_loader.h"
#include "engine/model_package.h"

namespace ironscribe::cli {

int RunModelsCommand(int argc, char** argv) {
  const InterruptWatcher interrupt;
  const auto fetcher = engine::MakePipFetcher();
  ModelsServices services;
  services.fetcher = fetcher.get();
  services.describe = &engine::DescribeModel;
  services.pack = &engine::PackModel;
  services.stop = interrupt.token();
  return RunModels(std::vector<std::string>(argv + 1, argv + argc), DefaultFolders(), services,
                   std::cout, std::cerr);
}

}  // namespace ironscribe::cli
