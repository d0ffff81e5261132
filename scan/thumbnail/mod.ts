/** A still of a scan for the gallery's cards: `renderThumbnail` is pure, `encodeThumbnail` calls sharp. */
export { fitView, type View } from "./camera.ts";
export { encodeThumbnail } from "./encode_thumbnail.ts";
export { type Pixels, renderThumbnail, type ThumbnailOptions } from "./render_thumbnail.ts";
