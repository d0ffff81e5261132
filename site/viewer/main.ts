/**
 * The viewer's entry: defines `<weightscan-viewer>`. A page that only shows cards loads `preview.ts`
 * instead.
 */

import { WeightscanViewer } from "./element.ts";

if (!customElements.get("weightscan-viewer")) {
  customElements.define("weightscan-viewer", WeightscanViewer);
}

declare global {
  interface HTMLElementTagNameMap {
    "weightscan-viewer": WeightscanViewer;
  }
}

export { WeightscanViewer };
