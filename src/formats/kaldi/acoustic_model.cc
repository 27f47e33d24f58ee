#include "formats/kaldi/acoustic_model.h"

namespace ironscribe::formats::kaldi {

bool IsAcousticModel(io::Bytes bytes) {
  ObjectReader reader(bytes, "");
  return reader.NextIs("<TransitionModel>");
}

Result<AcousticModel> ReadAcousticModel(io::Bytes bytes, std::string_view name) {
  ObjectReader reader(bytes, name);
  AcousticModel model;
  ASSIGN_OR_RETURN(model.transitions, ReadTransitionModel(reader));
  if (!reader.NextIs("<Nnet3>")) {
    ASSIGN_OR_RETURN(model.mixtures, ReadGaussianModel(reader));
    if (static_cast<int64_t>(model.mixtures.size()) < model.transitions.num_pdfs) {
      return reader.Error("fewer mixtures than pdfs");
    }
    return model;
  }
  ASSIGN_OR_RETURN(model.network, ReadNetwork(reader));
  // What the contexts are is computed from the network.
  RETURN_IF_ERROR(reader.Expect("<LeftContext>"));
  RETURN_IF_ERROR(reader.ReadInt().status());
  RETURN_IF_ERROR(reader.Expect("<RightContext>"));
  RETURN_IF_ERROR(reader.ReadInt().status());
  RETURN_IF_ERROR(reader.Expect("<Priors>"));
  ASSIGN_OR_RETURN(model.priors, reader.ReadVector<float>());
  return model;
}

}  // namespace ironscribe::formats::kaldi
