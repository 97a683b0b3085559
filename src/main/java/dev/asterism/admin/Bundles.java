package dev.asterism.admin;

import dev.asterism.attestation.Bundle;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads evidence bundles: folders with a manifest and the files it names, made by anybody. Nothing
 * outside the folder is read, whatever the manifest says. Format: {@code docs/evidence-bundles.md}.
 */
public final class Bundles {
  /** How we call the manifest. */
  public static final String MANIFEST = "evidence.json";

  /** What the manifest is called in collections of test vectors. */
  private static final String VECTOR = "vector.json";

  /** The only version of the format. */
  static final int FORMAT = 1;

  private static final int MAX_TOTAL_BYTES = 16 * 1024 * 1024;

  private Bundles() {}

  /**
   * Reads the manifest and every file it names.
   *
   * @throws MalformedException naming what is missing, too large, outside the folder, or malformed
   */
  public static Bundle read(Path folder) throws MalformedException {
    String manifestName = manifestName(folder);
    ObjectNode manifest =
        Json.object(manifestName, BundleFile.read(folder, manifestName, manifestName));
    JsonNode format = manifest.get("format");
    if (format == null || !format.isInt() || format.intValue() != FORMAT) {
      throw new MalformedException("format", "must be " + FORMAT);
    }
    return new Bundle(Json.string(manifest, "kind"), manifest, files(folder, manifest));
  }

  /** The bundle in {@code folder} as it will be read: role to file name. */
  static Map<String, String> fileNames(ObjectNode manifest) throws MalformedException {
    var names = new HashMap<String, String>();
    if (!manifest.has("files")) {
      return names;
    }
    for (Map.Entry<String, JsonNode> file : Json.child(manifest, "files").properties()) {
      String where = "files." + file.getKey();
      if (!file.getValue().isString()) {
        throw new MalformedException(where, "is not a file name");
      }
      names.put(file.getKey(), BundleFile.plainName(where, file.getValue().stringValue()));
    }
    return names;
  }

  private static Map<String, Bytes> files(Path folder, ObjectNode manifest)
      throws MalformedException {
    var byName = new HashMap<String, Bytes>();
    var byRole = new HashMap<String, Bytes>();
    long total = 0;
    for (Map.Entry<String, String> file : fileNames(manifest).entrySet()) {
      String where = "files." + file.getKey();
      Bytes content = byName.get(file.getValue());
      if (content == null) {
        content = BundleFile.read(folder, where, file.getValue());
        byName.put(file.getValue(), content);
        total += content.length();
      }
      if (total > MAX_TOTAL_BYTES) {
        throw new MalformedException("files", "are together larger than " + MAX_TOTAL_BYTES);
      }
      byRole.put(file.getKey(), content);
    }
    return byRole;
  }

  private static String manifestName(Path folder) throws MalformedException {
    String where = folder.toString();
    if (!Files.exists(folder)) {
      throw new MalformedException(where, "does not exist");
    }
    if (!Files.isDirectory(folder)) {
      throw new MalformedException(
          where, "is a file; a bundle is the folder that holds " + MANIFEST);
    }
    List<String> found =
        List.of(MANIFEST, VECTOR).stream()
            .filter(name -> Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS))
            .toList();
    return switch (found.size()) {
      case 0 ->
          throw new MalformedException(
              where, "holds neither " + MANIFEST + " nor " + VECTOR + ": not a bundle");
      case 1 -> found.getFirst();
      default ->
          throw new MalformedException(
              where, "holds both " + MANIFEST + " and " + VECTOR + ": remove one");
    };
  }

  /**
   * Refuses a folder that a bundle cannot be written into.
   *
   * @param option where the folder comes from, for messages
   * @throws MalformedException unless it is new or empty
   */
  public static void requireNew(String option, Path folder) throws MalformedException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var entries = Files.list(folder)) {
      if (entries.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new MalformedException(option, folder + " is not a folder that can be listed");
    }
    throw new MalformedException(option, folder + " is not empty: name a new folder");
  }

  /**
   * Writes a bundle. The manifest comes last, so that a folder with one is complete.
   *
   * @param folder new or empty
   * @throws MalformedException if the folder holds something
   * @throws IOException if a file cannot be written
   */
  public static void write(Path folder, BundleDraft draft) throws IOException, MalformedException {
    requireNew("bundle", folder);
    for (Map.Entry<String, Bytes> file : draft.files().entrySet()) {
      AtomicFile.write(
          folder.resolve(BundleDraft.fileName(file.getKey())), file.getValue(), AtomicFile.PUBLIC);
    }
    AtomicFile.write(folder.resolve(MANIFEST), Json.pretty(draft.manifest()), AtomicFile.PUBLIC);
  }
}
