// Search: results while one types, hits that play, a list for hands on the keyboard.
import "./asking.js";
import "./hits.js";
import "./suggesting.js";
import "./answering.js";
import "./summing.js";
import "./picturing.js";
import "./keeping.js";
