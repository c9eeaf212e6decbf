const SHELF_BYTES = 256 * 1024 * 1024;

/** An uploaded file. */
export interface StoredFile {
  id: string;
  type: string;
  filename: string;
  contentType: string;
  bytes: Buffer;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Title and introduction of a permanent video. */
  description?: { title: string; introduction: string };
}

/** Uploaded files by media id, the oldest dropped when all together pass 256 MB. */
export class FileShelf {
  readonly #files = new Map<string, StoredFile>();
  #totalBytes = 0;

  put(file: StoredFile): void {
    this.#files.set(file.id, file);
    this.#totalBytes += file.bytes.length;
    for (const oldest of this.#files.values()) {
      if (this.#totalBytes <= SHELF_BYTES) return;
      this.#files.delete(oldest.id);
      this.#totalBytes -= oldest.bytes.length;
    }
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  count(type: string): number {
    return [...this.#files.values()].filter((file) => file.type === type).length;
  }
}
