/** The entry of a comparison's page: defines `<weightscan-pair>`. */

class WeightscanPair extends HTMLElement {}

if (!customElements.get("weightscan-pair")) {
  customElements.define("weightscan-pair", WeightscanPair);
}
