// The lights as pictures for the map: colour and shape together, as everywhere else.

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

/** Adds a picture for every light, in the colours of the theme. */
export function addIcons(chart, ink) {
  for (const [light, draw] of Object.entries(SHAPES)) {
    if (chart.hasImage(light)) chart.removeImage(light);
    const canvas = new OffscreenCanvas(SIDE * SCALE, SIDE * SCALE);
    const pen = canvas.getContext("2d");
    const middle = (SIDE * SCALE) / 2;
    pen.fillStyle = ink[light] ?? ink.soft;
    pen.strokeStyle = ink.sheet;
    pen.lineWidth = 2 * SCALE;
    pen.lineJoin = "round";
    pen.beginPath();
    draw(pen, middle, middle - 2.5 * SCALE);
    chart.addImage(light, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: SCALE });
  }
}
