"use strict";
// A clip to look at: frames by a slider, flow and change of depth over a face with their values, a cloud to turn.
const parts = JSON.parse(document.getElementById("data").textContent);
const MISSING = -32768;
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const whole = (text) => {
  const view = new DataView(bytes(text).buffer);
  return Int16Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true));
};
const within = (section) => (selector) => section.querySelector(selector);

// The wheel of Baker et al. as merflow draws it: white at rest, full colour at the range, darker beyond.
const hue = (wheel, u, v, range) => {
  const length = Math.hypot(u, v) / range;
  const place = ((Math.atan2(-v || 0, -u || 0) / Math.PI + 1) / 2) * (wheel.length - 1);
  const [low, part] = [Math.floor(place), place - Math.floor(place)];
  const [a, b] = [wheel[low], wheel[(low + 1) % wheel.length]];
  return a.map((from, i) => {
    const full = (1 - part) * from + part * b[i];
    return length <= 1 ? 255 - length * (255 - full) : 0.75 * full;
  });
};
// Orange nearer (negative), white, blue farther: told apart by colour-blind readers.
const signed = (value, range) => {
  const share = Math.max(-1, Math.min(1, value / range));
  const end = share < 0 ? [200, 80, 0] : [0, 90, 160];
  return end.map((to) => 255 + Math.abs(share) * (to - 255));
};

for (const name of ["frames", "magnified"]) {
  const part = parts[name];
  if (!part) continue;
  const section = document.getElementById(name);
  const of = within(section);
  const show = () => {
    const at = Number(of(".at").value);
    of(".frame").src = part.pictures[at];
    of(".said").textContent = part.names[at];
  };
  of(".at").addEventListener("input", show);
  let timer = 0;
  of(".play").addEventListener("change", (event) => {
    clearInterval(timer);
    if (!event.target.checked) return;
    timer = setInterval(() => {
      of(".at").value = (Number(of(".at").value) + 1) % part.pictures.length;
      show();
    }, Math.max(120, 900 / part.pictures.length));
  });
  show();
}

const place = (canvas, event) => {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};

// A grid of colours as an image, to be drawn at any size.
const painted = (columns, rows, colour) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < columns * rows; i += 1) image.data.set([...colour(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
};

if (parts.flow) {
  const { columns, step, unit, range, wheel, size } = parts.flow;
  const fields = { expression: whole(parts.flow.expression), total: whole(parts.flow.total) };
  const cells = fields.expression.length / 2;
  const of = within(document.getElementById("flow"));
  const canvas = of("canvas");
  const context = canvas.getContext("2d");
  const face = new Image();
  const value = (field, i) => [field[i] * unit, field[cells + i] * unit];
  const images = {};
  const draw = () => {
    const which = of(".which").value;
    const field = fields[which];
    images[which] ??= painted(columns, cells / columns, (i) => hue(wheel, ...value(field, i), range));
    context.globalAlpha = 1;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (face.complete && face.src) context.drawImage(face, 0, 0, canvas.width, canvas.height);
    context.globalAlpha = Number(of(".opacity").value);
    context.drawImage(images[which], 0, 0, canvas.width, canvas.height);
    context.globalAlpha = 1;
    const scale = Number(of(".scale").value);
    const pixel = canvas.width / size;
    const gap = Math.max(1, Math.round(columns / 24));
    context.beginPath();
    for (let row = gap; scale && row < cells / columns; row += gap) {
      for (let column = gap; column < columns; column += gap) {
        const [u, v] = value(field, row * columns + column);
        if (Math.hypot(u, v) < 0.3) continue;
        const [x, y] = [column * step * pixel, row * step * pixel];
        context.moveTo(x, y);
        context.lineTo(x + scale * u * pixel, y + scale * v * pixel);
      }
    }
    context.strokeStyle = "#000";
    context.stroke();
  };
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(canvas, event);
    const i = Math.floor(y * (cells / columns)) * columns + Math.floor(x * columns);
    const [u, v] = value(fields[of(".which").value], i);
    if (i < cells) of(".said").textContent = `x ${Math.round(x * size)}, y ${Math.round(y * size)}: u ${u.toFixed(2)}, v ${v.toFixed(2)} px`;
  });
  [".which", ".opacity", ".scale"].forEach((control) => of(control).addEventListener("input", draw));
  face.addEventListener("load", draw);
  if (parts.flow.face) face.src = parts.flow.face;
  else draw();
}

if (parts.depth) {
  const { columns, rows, unit, range } = parts.depth;
  const change = whole(parts.depth.change);
  const of = within(document.getElementById("depth"));
  const canvas = of("canvas");
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  const largest = Math.max(columns, rows);
  const image = painted(columns, rows, (i) => (change[i] === MISSING ? [201, 205, 210] : signed(change[i] * unit, range)));
  context.drawImage(image, 0, 0, (canvas.width * columns) / largest, (canvas.height * rows) / largest);
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(canvas, event).map((share) => Math.floor(share * largest));
    const known = x < columns && y < rows ? change[y * columns + x] : MISSING;
    of(".said").textContent = known === MISSING ? "no value" : `${(known * unit).toFixed(2)} mm`;
  });
}

if (parts.cloud) {
  const { points, unit, range, wheel } = parts.cloud;
  const [xyz, motion] = [whole(parts.cloud.xyz), whole(parts.cloud.motion)];
  const skin = parts.cloud.skin && bytes(parts.cloud.skin);
  const of = within(document.getElementById("cloud"));
  const canvas = of("canvas");
  const context = canvas.getContext("2d");
  let [turn, tilt, zoom, asked] = [0, 0, 2.4, false];
  const colours = {
    skin: (i) => skin.subarray(3 * i, 3 * i + 3),
    motion: (i) => hue(wheel, motion[3 * i] / 1000, motion[3 * i + 1] / 1000, range[0]),
    depth: (i) => (motion[3 * i + 2] === MISSING ? [201, 205, 210] : signed(motion[3 * i + 2] / 1000, range[1])),
  };
  const draw = () => {
    asked = false;
    const [width, height] = [canvas.width, canvas.height];
    const image = context.createImageData(width, height);
    const depths = new Float32Array(width * height).fill(Infinity);
    image.data.fill(255);
    const [c, s, d, e] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
    const colour = colours[of(".colour").value];
    const scale = Number(of(".scale").value);
    const size = Math.max(2, Math.round(1.4 * zoom));
    for (let i = 0; i < points; i += 1) {
      const moved = motion[3 * i + 2] === MISSING ? 0 : (scale * motion[3 * i + 2]) / 1000;
      const [x, y, z] = [xyz[3 * i] * unit, xyz[3 * i + 1] * unit, xyz[3 * i + 2] * unit + moved];
      const [across, away] = [c * x + s * z, c * z - s * x];
      const [down, depth] = [d * y - e * away, e * y + d * away];
      const [left, top] = [Math.round(width / 2 + zoom * across), Math.round(height / 2 + zoom * down)];
      const [red, green, blue] = colour(i);
      for (let py = top; py < top + size; py += 1) {
        for (let px = left; px < left + size; px += 1) {
          const at = py * width + px;
          if (px < 0 || py < 0 || px >= width || py >= height || depths[at] <= depth) continue;
          depths[at] = depth;
          image.data[4 * at] = red;
          image.data[4 * at + 1] = green;
          image.data[4 * at + 2] = blue;
        }
      }
    }
    context.putImageData(image, 0, 0);
    const [h, v] = [turn, tilt].map((angle) => Math.round((angle * 180) / Math.PI));
    of(".said").textContent = `turned ${h}°, tilted ${v}°; ${(width / zoom).toFixed(0)} mm from edge to edge`;
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  };
  const set = (by, up, nearer = 1) => {
    turn += by;
    tilt = Math.max(-1.5, Math.min(1.5, tilt + up));
    zoom = Math.max(0.5, Math.min(20, zoom * nearer));
    ask();
  };
  canvas.addEventListener("pointermove", (event) => event.buttons && set(event.movementX / 120, -event.movementY / 120));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    set(0, 0, event.deltaY < 0 ? 1.1 : 1 / 1.1);
  });
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1], "+": [0, 0, 1.1], "-": [0, 0, 1 / 1.1] };
    if (!(event.key in moves)) return;
    event.preventDefault();
    set(...moves[event.key]);
  });
  of(".front").addEventListener("click", () => {
    [turn, tilt, zoom] = [0, 0, 2.4];
    ask();
  });
  [".colour", ".scale"].forEach((control) => of(control).addEventListener("input", ask));
  draw();
}
