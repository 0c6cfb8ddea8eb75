// The sections of people by one key each.
import { keys } from "./page.js";

const go = (address) => () => location.assign(address);
keys({ KeyG: go("/people"), KeyI: go("/people/unknown"), KeyQ: go("/people/questions"), KeyR: go("/people/review") });
