"""Writes forward_mels80.* and forward_mels128.* with openai-whisper 20250625: tiny random models, what
goes in and what comes out.

Run in an environment with openai-whisper 20250625 and torch: python make_forward_golden.py
README.md says what the files hold.
"""
import os

import numpy as np
import torch
import whisper.model
from whisper.model import ModelDimensions, Whisper

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL_TOKENS = 656  # Lines of src/text/testdata/small.tiktoken.
OTHER_SPECIALS = 2 + 6 + 1501  # End and start of text; tasks and the like; times.
TOKENS = 8
VOCABULARY_STRIDE = 8
OWN_NORM = whisper.model.LayerNorm.forward


def random_model(mels, languages, seed):
    """Weights that float16 holds exactly, so that a small file and a float32 model agree."""
    torch.manual_seed(seed)
    model = Whisper(ModelDimensions(
        n_mels=mels, n_audio_ctx=20, n_audio_state=16, n_audio_head=2, n_audio_layer=2,
        n_vocab=SMALL_TOKENS + OTHER_SPECIALS + languages,
        n_text_ctx=32, n_text_state=16, n_text_head=2, n_text_layer=2))
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("positional_embedding"):
                value.normal_(0, 0.3)
            elif "ln" in name.split(".")[-2] and name.endswith("weight"):
                value.uniform_(0.8, 1.2)
            elif value.dim() > 1:
                value.normal_(0, value[0].numel() ** -0.5)
            else:
                value.normal_(0, 0.1)
            value.copy_(value.half().float())
        # The keys and values of the first layer are the encoder's output itself.
        cross = model.decoder.blocks[0].cross_attn
        cross.key.weight.copy_(torch.eye(16))
        cross.value.weight.copy_(torch.eye(16))
        cross.value.bias.zero_()
    return model.eval()


def run(model, features, tokens, dtype):
    model = model.to(dtype)
    # The reference's own norm works in float32 only.
    whisper.model.LayerNorm.forward = OWN_NORM if dtype == torch.float32 else torch.nn.LayerNorm.forward
    with torch.no_grad():
        encoded = model.encoder(features[None].to(dtype))
        logits = model.decoder(tokens[None], encoded)
    return encoded[0].double(), logits[0].double().log_softmax(dim=-1)[:, ::VOCABULARY_STRIDE]


def write(name, mels, languages, seed, info):
    model = random_model(mels, languages, seed)
    torch.save({"dims": vars(model.dims).copy(),
                "model_state_dict": {key: value.half() for key, value in model.state_dict().items()}},
               os.path.join(HERE, f"forward_{name}.pt"))
    features = torch.randn(mels, 2 * model.dims.n_audio_ctx)
    tokens = torch.randint(0, model.dims.n_vocab, (TOKENS,))
    single = run(model, features, tokens, torch.float32)
    exact = run(model, features, tokens, torch.float64)
    arrays = (features.T, *exact)
    with open(os.path.join(HERE, f"forward_{name}.f32"), "wb") as out:
        for array in arrays:
            out.write(np.ascontiguousarray(array.numpy().astype("<f4")).tobytes())
    rounding = [float((a - b).abs().max()) for a, b in zip(single, exact)]
    info.write(f"{name} {mels} {2 * model.dims.n_audio_ctx} {model.dims.n_vocab} "
               f"{rounding[0]:.2e} {rounding[1]:.2e} {' '.join(map(str, tokens.tolist()))}\n")


if __name__ == "__main__":
    with open(os.path.join(HERE, "forward.txt"), "w") as info:
        write("mels80", 80, 99, 1, info)
        write("mels128", 128, 100, 2, info)
