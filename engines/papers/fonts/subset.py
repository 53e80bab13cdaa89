"""Make the font files of this folder again from Debian's packages; see README.md.

    python3 subset.py FOLDER_OF_THE_PACKAGES

needs fonttools. The same input gives the same bytes.
"""

import glob
import gzip
import io
import pathlib
import sys

from fontTools import subset

HERE = pathlib.Path(__file__).parent
CHARACTERS = {ord(c) for c in (HERE / "characters.txt").read_text(encoding="utf-8") if c != "\n"} | {0x20}

# Names that the licence of the original reserves may not be borne by a changed font.
RENAMED = {"LXGW WenKai": "Minsheng Kai", "LXGWWenKai": "MinshengKai", "霞鹜文楷": "Minsheng Kai"}

FACES = [
    ("fangsong.otf", "**/FandolFang-Regular.otf", -1),
    ("xiaobiaosong.otf", "**/NotoSerifCJK-Bold.ttc", 2),
    ("hei.otf", "**/NotoSansCJK-Regular.ttc", 2),
    ("kai.ttf", "**/LXGWWenKai-Regular.ttf", -1),
    ("song.otf", "**/NotoSerifCJK-Regular.ttc", 2),
]


def options(number):
    wanted = subset.Options()
    wanted.layout_features = []
    wanted.hinting = False
    wanted.name_IDs = ["*"]
    wanted.notdef_outline = True
    wanted.font_number = number
    wanted.ignore_missing_unicodes = True
    wanted.recalc_timestamp = False
    wanted.drop_tables += "BASE DSIG FFTM GDEF GPOS GSUB STAT VORG gasp kern meta vhea vmtx".split()
    return wanted


def cut(path, number, characters):
    chosen = options(number)
    font = subset.load_font(path, chosen)
    cutter = subset.Subsetter(chosen)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    for record in font["name"].names:
        text = str(record)
        if record.nameID in (1, 3, 4, 6, 16, 18, 21):
            for reserved, own in RENAMED.items():
                text = text.replace(reserved, own)
            record.string = text
    written = io.BytesIO()
    font.save(written)
    return written.getvalue(), set(font.getBestCmap())


def main(folder):
    covered = set()
    for name, pattern, number in FACES:
        [path] = glob.glob(pattern, root_dir=folder, recursive=True)
        # The last face stands in for what the first has no glyph for, and sets page numbers.
        characters = CHARACTERS if name != "song.otf" else CHARACTERS - covered | set(range(0x20, 0x7F)) | {0x2014}
        data, covers = cut(pathlib.Path(folder) / path, number, characters)
        if name == "fangsong.otf":
            covered = covers
        packed = gzip.compress(data, compresslevel=9, mtime=0)
        (HERE / (name + ".gz")).write_bytes(packed)
        print(f"{name}: {len(covers)} characters, {len(data)} bytes, {len(packed)} packed")


if __name__ == "__main__":
    main(sys.argv[1])
