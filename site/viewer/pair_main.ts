/** The entry of a comparison's page: defines `<weightscan-pair>`. */

import { WeightscanPair } from "./pair_element.ts";

if (!customElements.get("weightscan-pair")) {
  customElements.define("weightscan-pair", WeightscanPair);
}

declare global {
  interface HTMLElementTagNameMap {
    "weightscan-pair": WeightscanPair;
  }
}

export { WeightscanPair };
