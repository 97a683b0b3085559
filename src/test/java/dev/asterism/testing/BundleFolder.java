package dev.asterism.testing;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/** An evidence bundle on disk, made for a test: change the manifest, then {@link #save}. */
public final class BundleFolder {
  public final Path folder;
  public final ObjectNode manifest = Json.newObject();

  private BundleFolder(Path folder) {
    this.folder = folder;
  }

  /** A bundle that {@link PasswordKind} accepts. */
  public static BundleFolder password(Path folder) throws IOException {
    var bundle = new BundleFolder(folder);
    bundle.manifest.put("format", 1).put("kind", PasswordKind.KIND);
    bundle.manifest.putObject("files").put("password", "password.bin");
    bundle.manifest.put("at", "2026-01-01T00:00:00Z");
    bundle.manifest.putObject("inputs").put("nonce", "0a0b0c0d");
    return bundle.file("password.bin", "0a0b0c0d").save();
  }

  public ObjectNode inputs() {
    return (ObjectNode) manifest.get("inputs");
  }

  public ObjectNode files() {
    return (ObjectNode) manifest.get("files");
  }

  public BundleFolder file(String name, String hex) throws IOException {
    Files.createDirectories(folder);
    try {
      Files.write(folder.resolve(name), Bytes.ofHex(name, hex).toArray());
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
    return this;
  }

  public BundleFolder save() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("evidence.json"), Json.pretty(manifest));
    return this;
  }

  public String path() {
    return folder.toString();
  }
}
