"""Writes the files beside it, as users' programs do: python make.py, with numpy and safetensors installed.

All hold the same layer of 3 neurons and 4 inputs, or a kernel of 2 neurons with inputs 2·2·2, in several formats. Sums of
rows are 10, 0 and 2; sums of squares 30, 4 and 4: alignments 100/30, 0 and 1.
"""

import io
import pathlib
import struct
import zipfile

import numpy as np
from safetensors.numpy import save_file

here = pathlib.Path(__file__).parent
matrix = np.array([[1, 2, 3, 4], [1, -1, 1, -1], [2, 0, 0, 0]])
kernel = np.arange(1, 17).reshape(2, 2, 2, 2)

for dtype in ["<f2", "<f4", "<f8", ">f4", ">f8", "<i2", ">i4", "<i8", "|i1"]:
    np.save(here / f"matrix-{dtype.translate(str.maketrans('<>|', 'lbn'))}.npy", matrix.astype(dtype))
np.save(here / "matrix-fortran.npy", np.asfortranarray(matrix.astype("<f4")))
for version in [(2, 0), (3, 0)]:
    with open(here / f"matrix-version-{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, matrix.astype("<f4"), version=version)
np.save(here / "kernel.npy", kernel.astype("<f4"))
np.save(here / "kernel-fortran.npy", np.asfortranarray(kernel.astype("<f4")))
np.save(here / "objects.npy", np.array([[{}]], dtype=object), allow_pickle=True)
np.save(here / "records.npy", np.zeros((2, 2), dtype=[("a", "<f4"), ("b", "<i2")]))
np.save(here / "complex.npy", matrix.astype("<c8"))
np.save(here / "bias.npy", np.ones(4, dtype="<f4"))

model = {
    "fc.weight": matrix.astype("<f4"),
    "fc.bias": np.ones(3, dtype="<f4"),
    "conv.weight": kernel.astype("<f4"),
    "bn.num_batches_tracked": np.array(7),
}
np.savez(here / "model.npz", **model)
np.savez_compressed(here / "model-compressed.npz", **model)
save_file(model, here / "model.safetensors", metadata={"format": "pt"})
save_file({"half": matrix.astype("<f2"), "double": matrix.astype("<f8")}, here / "halves.safetensors")
np.savetxt(here / "matrix.csv", matrix, delimiter=",", header="3 neurons")


class Pipe(io.RawIOBase):
    """A stream that cannot be rewound, so that sizes and checksums follow the bytes that they are of."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


# The array [[5, 6]], as NumPy saves it.
HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".ljust(117) + "\n"
SMALL = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(HEADER)) + HEADER.encode() + struct.pack("<2f", 5, 6)

for name, method in [("streamed.npz", zipfile.ZIP_DEFLATED), ("streamed-stored.npz", zipfile.ZIP_STORED)]:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("w.npy"), SMALL, method)
    (here / name).write_bytes(pipe.data)

# Every number that zip64 widens is in its 64 bits.
zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 0
with zipfile.ZipFile(here / "zip64.npz", "w") as archive:
    archive.writestr(zipfile.ZipInfo("v.npy"), SMALL)
    archive.writestr(zipfile.ZipInfo("w.npy"), SMALL)
