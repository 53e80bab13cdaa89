// The signs of the map as pictures: colour and shape together, as everywhere else.

const SIDE = 22;
const SCALE = 2;

const SHAPES = {
  done: (pen, middle, half) => {
    pen.arc(middle, middle, half, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
    pen.beginPath();
    pen.moveTo(middle - half * 0.45, middle + half * 0.02);
    pen.lineTo(middle - half * 0.1, middle + half * 0.38);
    pen.lineTo(middle + half * 0.48, middle - half * 0.34);
    pen.stroke();
  },
  steady: (pen, middle, half) => {
    pen.arc(middle, middle, half * 0.8, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  },
  behind: (pen, middle, half) => {
    pen.moveTo(middle, middle - half);
    pen.lineTo(middle + half, middle + half * 0.8);
    pen.lineTo(middle - half, middle + half * 0.8);
    pen.closePath();
    pen.fill();
    pen.stroke();
  },
  late: (pen, middle, half) => {
    pen.rect(middle - half * 0.8, middle - half * 0.8, half * 1.6, half * 1.6);
    pen.fill();
    pen.stroke();
  },
  none: (pen, middle, half) => {
    pen.arc(middle, middle, half * 0.6, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  },
};

/** Charging stations: a drop, and what it says. The same paths stand in the legend. */
const DROP = "M12 1A10 10 0 0 1 22 11C22 17.5 12 27 12 27S2 17.5 2 11A10 10 0 0 1 12 1Z";
const SIGNS = {
  free: "M13.4 4.2 7.4 12h4l-.9 6 6.1-8.2h-4.1Z",
  busy: "M7 9.4h10v3.2H7Z",
  off: "M8.2 8.6 9.6 7.2 12 9.6l2.4-2.4 1.4 1.4-2.4 2.4 2.4 2.4-1.4 1.4-2.4-2.4-2.4 2.4-1.4-1.4 2.4-2.4Z",
};
const COLOURS = { free: "steady", busy: "behind", off: "soft" };

/** Adds a picture for every light and for every way a charging station stands, in the colours of the theme. */
export function addIcons(chart, ink) {
  for (const [state, sign] of Object.entries(SIGNS)) {
    const colour = ink[COLOURS[state]];
    put(chart, `pile-${state}`, 26, 30, (pen) => {
      pen.translate(1, 1);
      const drop = new Path2D(DROP);
      // What cannot be used is hollow, so that it steps back.
      pen.fillStyle = state === "off" ? ink.sheet : colour;
      pen.strokeStyle = state === "off" ? colour : ink.sheet;
      pen.lineWidth = 1.5;
      pen.fill(drop);
      pen.stroke(drop);
      pen.fillStyle = state === "off" ? colour : ink.sheet;
      pen.fill(new Path2D(sign));
    });
    put(chart, `many-${state}`, 34, 30, (pen) => {
      pen.beginPath();
      pen.roundRect(2, 2, 30, 26, 7);
      pen.fillStyle = ink.sheet;
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      pen.fill();
      pen.stroke();
    });
  }
  for (const [light, draw] of Object.entries(SHAPES)) {
    put(chart, light, SIDE, SIDE, (pen) => {
      pen.fillStyle = ink[light] ?? ink.soft;
      pen.strokeStyle = ink.sheet;
      pen.lineWidth = 2;
      pen.lineJoin = "round";
      pen.beginPath();
      draw(pen, SIDE / 2, SIDE / 2 - 2.5);
    });
  }
}

/** Draws a picture of so many pixels of the page, sharp on dense screens. */
function put(chart, name, width, height, draw) {
  if (chart.hasImage(name)) chart.removeImage(name);
  const canvas = new OffscreenCanvas(width * SCALE, height * SCALE);
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  draw(pen);
  chart.addImage(name, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: SCALE });
}
