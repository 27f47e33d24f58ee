"""Makes views.pt and legacy.pt: what torch.save writes for views, shared storages and parameters."""
import collections

import torch

base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
state = collections.OrderedDict()
state["base"] = base
state["transposed"] = base.t()
state["column"] = base[:, 2]
state["rows_reversed_order"] = base[1:3, ::2]
state["shared"] = base[2]
state["parameter"] = torch.nn.Parameter(torch.tensor([1.5, -2.5]))
state["half"] = torch.tensor([0.5, -65504.0], dtype=torch.float16)
state["bfloat"] = torch.tensor([3.0, 1e30], dtype=torch.bfloat16)
state["double"] = torch.tensor([1e-3], dtype=torch.float64)
state["integers"] = torch.tensor([-5, 1 << 40], dtype=torch.int64)
state["flags"] = torch.tensor([True, False, True])
state["scalar"] = torch.tensor(7.0)
state["empty"] = torch.zeros(0, 3)
module_state = torch.nn.Linear(2, 1).state_dict()  # An OrderedDict with the attribute _metadata.
module_state["weight"] = torch.tensor([[1.0, 2.0]])
module_state["bias"] = torch.tensor([3.0])
state["nested"] = module_state
checkpoint = {"dims": {"n_mels": 80, "n_vocab": 51864}, "epoch": 3, "model_state_dict": state}
torch.save(checkpoint, "views.pt")
torch.save({"w": torch.ones(2)}, "legacy.pt", _use_new_zipfile_serialization=False)
