// htmx, held to what our content security policy allows: no code in attributes, no answers from elsewhere.
import htmx from "htmx.org";

const refuse = () => {
  throw new Error("code in attributes is switched off");
};
htmx.registerExtension("no-code-in-attributes", {
  init: (api) => api.initSecurity(null, refuse, refuse),
});
// Back and forward are the browser's own: pages are plain documents.
htmx.config.history = false;

export default htmx;
