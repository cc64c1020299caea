export { detectSqli } from "./sqli/detect-sqli.ts";
export { detectXss } from "./xss/detect-xss.ts";
