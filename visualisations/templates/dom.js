// Making elements. Text from accounts only ever goes in as text nodes: nothing here or elsewhere parses markup.

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const readData = (id) => JSON.parse(byId(id).textContent);

// element("p", {class: "note", onclick: f}, "text", child): attributes by name, listeners by on…, then the content.
function element(tag, attributes, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

function svgElement(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const counted = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many || one + "s"}`;

// Without accents and case, so that "Jose" finds "José" and Arabic digits find Latin ones.
const folded = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase()
  .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));

// The digits of a number however it is written: +44 7700 900123, 0044 7700…, or dialled at home, with a 0 before it.
function numberSought(words) {
  const digits = words.replace(/[\s()+./-]/g, "");
  const within = digits.replace(/^0+/, "");
  return /^\d{3,}$/.test(digits) && within.length > 2 ? within : null;
}

// By characters as people count them, so that no emoji and no letter with its marks is cut in two.
const graphemes = new Intl.Segmenter();
function shortened(text, most) {
  if (text.length <= most) return text;
  const parts = [...graphemes.segment(text)].map((part) => part.segment);
  return parts.length <= most ? text : parts.slice(0, most - 1).join("") + "…";
}
