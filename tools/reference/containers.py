"""Writes one checkpoint in the other containers that Whisper models come in.

    tools/reference/containers.py MODEL_FOLDER OUTPUT_FOLDER

makes OUTPUT_FOLDER/{safetensors,pt,ggml}: the same half-precision weights, as Hugging Face folder,
OpenAI checkpoint with a tokenizer beside it, and whisper.cpp file. What a container cannot carry
(alignment heads in `.pt` and ggml) is left out, as it is in the field.
"""

import json
import pathlib
import re
import shutil
import struct
import sys

import numpy as np
import torch
import whisper

from ctranslate2_model import Checkpoint

_GGML_MAGIC = 0x67676D6C
_GGML_F32, _GGML_F16 = 0, 1

_HUGGING_FACE_NAMES = [
    (r"^(encoder|decoder)\.", r"model.\1."),
    (r"\.blocks\.", ".layers."),
    (r"\.attn\.query", ".self_attn.q_proj"),
    (r"\.attn\.key", ".self_attn.k_proj"),
    (r"\.attn\.value", ".self_attn.v_proj"),
    (r"\.attn\.out", ".self_attn.out_proj"),
    (r"\.cross_attn\.query", ".encoder_attn.q_proj"),
    (r"\.cross_attn\.key", ".encoder_attn.k_proj"),
    (r"\.cross_attn\.value", ".encoder_attn.v_proj"),
    (r"\.cross_attn\.out", ".encoder_attn.out_proj"),
    (r"\.cross_attn_ln", ".encoder_attn_layer_norm"),
    (r"\.attn_ln", ".self_attn_layer_norm"),
    (r"\.mlp\.0", ".fc1"),
    (r"\.mlp\.2", ".fc2"),
    (r"\.mlp_ln", ".final_layer_norm"),
    (r"\.(ln_post|ln)\.", ".layer_norm."),
    (r"\.token_embedding\.", ".embed_tokens."),
    (r"\.positional_embedding$", ".embed_positions.weight"),
]


def _hugging_face_name(name: str) -> str:
    for pattern, replacement in _HUGGING_FACE_NAMES:
        name = re.sub(pattern, replacement, name)
    return name


def _tokens(folder: pathlib.Path) -> tuple[dict[str, int], dict[str, int]]:
    """Ordinary tokens (byte-level spelling) and special ones, name to id."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    ordinary = {token: number for token, number in tokenizer["model"]["vocab"].items()
                if token not in special}
    return ordinary, special


def _byte_of_character() -> dict[str, int]:
    """GPT-2's printable stand-ins: bytes that print stand for themselves, the rest from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in printable]
    return table | {chr(0x100 + index): byte for index, byte in enumerate(others)}


def write_safetensors(checkpoint: Checkpoint, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    header, buffers, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, values in checkpoint.state.items():
        data = values.astype("<f2").tobytes()
        header[_hugging_face_name(name)] = {
            "dtype": "F16", "shape": list(values.shape), "data_offsets": [offset, offset + len(data)]}
        buffers.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / "model.safetensors", "wb") as output:
        output.write(struct.pack("<Q", len(text)) + text)
        output.writelines(buffers)

    dims = checkpoint.dims
    _, special = _tokens(checkpoint.folder)
    config = {
        "model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"],
        "d_model": dims["n_audio_state"], "num_mel_bins": dims["n_mels"],
        "vocab_size": dims["n_vocab"], "max_source_positions": dims["n_audio_ctx"],
        "max_target_positions": dims["n_text_ctx"], "encoder_layers": dims["n_audio_layer"],
        "encoder_attention_heads": dims["n_audio_head"], "decoder_layers": dims["n_text_layer"],
        "decoder_attention_heads": dims["n_text_head"],
        "encoder_ffn_dim": 4 * dims["n_audio_state"], "decoder_ffn_dim": 4 * dims["n_text_state"],
        "activation_function": "gelu", "scale_embedding": False,
    }
    generation = {
        "alignment_heads": checkpoint.config["alignment_heads"],
        "suppress_tokens": checkpoint.config["suppress_ids"],
        "begin_suppress_tokens": checkpoint.config["suppress_ids_begin"],
        "no_timestamps_token_id": special["<|notimestamps|>"],
        "is_multilingual": dims["n_vocab"] >= 51865,
        "eos_token_id": special["<|endoftext|>"],
        "decoder_start_token_id": special["<|startoftranscript|>"],
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2))
    shutil.copy(checkpoint.folder / "tokenizer.json", folder)


def write_pt(checkpoint: Checkpoint, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: torch.from_numpy(np.array(values)).half()
             for name, values in checkpoint.state.items()}
    torch.save({"dims": checkpoint.dims, "model_state_dict": state}, folder / "model.pt")
    shutil.copy(checkpoint.folder / "tokenizer.json", folder)


def write_ggml(checkpoint: Checkpoint, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    dims = checkpoint.dims
    order = ["n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
             "n_text_state", "n_text_head", "n_text_layer", "n_mels"]
    filters = np.load(pathlib.Path(whisper.__file__).parent / "assets" / "mel_filters.npz")[
        f"mel_{dims['n_mels']}"].astype("<f4")
    ordinary, _ = _tokens(checkpoint.folder)
    byte_of = _byte_of_character()
    with open(folder / "model.bin", "wb") as output:
        output.write(struct.pack("<I", _GGML_MAGIC))
        output.write(struct.pack("<11i", *(dims[name] for name in order), _GGML_F16))
        output.write(struct.pack("<2i", *filters.shape) + filters.tobytes())
        output.write(struct.pack("<i", len(ordinary)))
        for token in sorted(ordinary, key=ordinary.get):
            data = bytes(byte_of[character] for character in token)
            output.write(struct.pack("<I", len(data)) + data)
        for name, values in checkpoint.state.items():
            if re.fullmatch(r"encoder\.conv[12]\.bias", name):
                values = values.reshape(-1, 1)
            whole = values.ndim < 2 or name.endswith(("positional_embedding", ".bias"))
            data = values.astype("<f4" if whole else "<f2").tobytes()
            encoded = name.encode()
            output.write(struct.pack("<3i", values.ndim, len(encoded),
                                     _GGML_F32 if whole else _GGML_F16))
            output.write(struct.pack(f"<{values.ndim}i", *reversed(values.shape)))
            output.write(encoded + data)


def write_all(model_folder: pathlib.Path, output: pathlib.Path) -> dict[str, pathlib.Path]:
    """Container name to the path to give to --model."""
    checkpoint = Checkpoint(model_folder)
    write_safetensors(checkpoint, output / "safetensors")
    write_pt(checkpoint, output / "pt")
    write_ggml(checkpoint, output / "ggml")
    return {"safetensors": output / "safetensors", "pt": output / "pt",
            "ggml": output / "ggml" / "model.bin"}


if __name__ == "__main__":
    write_all(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
