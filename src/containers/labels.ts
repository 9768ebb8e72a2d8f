/** Labels by which containers and images of Deckhand are recognised. */
export const LABELS = {
  /** Installation that owns the container; others are never touched. */
  installation: 'deckhand.installation',
  /** Group folder the container serves. */
  folder: 'deckhand.folder',
  /** Run it was started for; later runs of a warm container are found in its log. */
  run: 'deckhand.run',
  /** Hash of image, mounts, limits and settings: equal means reusable. */
  fingerprint: 'deckhand.fingerprint',
  /** Content hash of what an image was built from. */
  imageHash: 'deckhand.image-hash',
} as const;
