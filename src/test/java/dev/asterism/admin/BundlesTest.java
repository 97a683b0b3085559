package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Bundle;
import dev.asterism.testing.BundleFolder;
import dev.asterism.testing.PasswordKind;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundlesTest {
  @TempDir Path temp;
  BundleFolder made;

  @BeforeEach
  void makeAGoodBundle() throws IOException {
    made = BundleFolder.password(temp.resolve("bundle"));
  }

  @Test
  void readsTheManifestAndItsFiles() throws Exception {
    Bundle bundle = Bundles.read(made.folder);

    assertEquals(PasswordKind.KIND, bundle.kind());
    assertEquals(Map.of("password", Bytes.ofHex("", "0a0b0c0d")), bundle.files());
  }

  @Test
  void readsAManifestOfEitherName() throws Exception {
    Files.move(made.folder.resolve("evidence.json"), made.folder.resolve("vector.json"));

    assertEquals(PasswordKind.KIND, Bundles.read(made.folder).kind());
  }

  @Test
  void refusesTwoManifests() throws Exception {
    Files.copy(made.folder.resolve("evidence.json"), made.folder.resolve("vector.json"));

    assertUnreadable("holds both");
  }

  @Test
  void twoRolesMayNameOneFile() throws Exception {
    made.files().put("other", "password.bin");
    made.save();

    Bundle bundle = Bundles.read(made.folder);
    assertEquals(bundle.file("password"), bundle.file("other"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret",
        "/etc/passwd",
        "a/b",
        "a\\b",
        ".",
        "..",
        "",
        ".hidden",
        "a\u0000b",
        "a\nb"
      })
  void refusesANameThatIsNotPlain(String name) throws Exception {
    Files.write(temp.resolve("secret"), new byte[1]);
    made.files().put("password", name);
    made.save();

    assertUnreadable("files.password: is not the plain name");
  }

  @Test
  void refusesASymbolicLinkEvenWithinTheFolder() throws Exception {
    Files.write(temp.resolve("secret"), new byte[1]);
    Files.createSymbolicLink(made.folder.resolve("out"), temp.resolve("secret"));
    Files.createSymbolicLink(made.folder.resolve("in"), Path.of("password.bin"));

    made.files().put("password", "out");
    made.save();
    assertUnreadable("symbolic link");

    made.files().put("password", "in");
    made.save();
    assertUnreadable("symbolic link");
  }

  @Test
  void refusesAManifestThatIsASymbolicLink() throws Exception {
    Files.move(made.folder.resolve("evidence.json"), temp.resolve("elsewhere.json"));
    Files.createSymbolicLink(made.folder.resolve("evidence.json"), temp.resolve("elsewhere.json"));

    assertUnreadable("symbolic link");
  }

  @Test
  void refusesWhatIsNoRegularFile() throws Exception {
    Files.delete(made.folder.resolve("password.bin"));
    Files.createDirectory(made.folder.resolve("password.bin"));

    assertUnreadable("is not a regular file");
  }

  @Test
  void readsAFileOfTheLargestSizeAndNotOneByteMore() throws Exception {
    Files.write(made.folder.resolve("password.bin"), new byte[4 * 1024 * 1024]);
    assertEquals(4 * 1024 * 1024, Bundles.read(made.folder).file("password").length());

    Files.write(made.folder.resolve("password.bin"), new byte[4 * 1024 * 1024 + 1]);
    assertUnreadable("is larger than");
  }

  @Test
  void refusesFilesThatAreTogetherTooLarge() throws Exception {
    for (int i = 0; i < 5; i++) {
      Files.write(made.folder.resolve("large" + i), new byte[4 * 1024 * 1024]);
      made.files().put("role" + i, "large" + i);
    }
    made.save();

    assertUnreadable("together larger");
  }

  @Test
  void namesAMissingFile() throws Exception {
    Files.delete(made.folder.resolve("password.bin"));

    assertUnreadable("files.password: " + made.folder.resolve("password.bin") + " is missing");
  }

  @Test
  void tellsAFileAFolderWithoutManifestAndNothingApart() throws Exception {
    Path readme = Files.writeString(temp.resolve("README"), "hello");
    Path empty = Files.createDirectory(temp.resolve("empty"));

    assertMessage(readme, "is a file; a bundle is the folder that holds evidence.json");
    assertMessage(empty, "holds neither evidence.json nor vector.json: not a bundle");
    assertMessage(temp.resolve("nowhere"), "does not exist");
  }

  @Test
  void refusesAnotherFormatOfTheManifest() throws Exception {
    made.manifest.put("format", 2);
    made.save();
    assertUnreadable("format: must be 1");

    made.manifest.put("format", "1");
    made.save();
    assertUnreadable("format: must be 1");

    made.manifest.remove("format");
    made.save();
    assertUnreadable("format: must be 1");
  }

  @Test
  void refusesAManifestThatIsNotJson() throws Exception {
    Files.writeString(made.folder.resolve("evidence.json"), "{\"format\": 1,");

    assertUnreadable("evidence.json: is not well-formed JSON");
  }

  @Test
  void writesWhatItReads() throws Exception {
    Path folder = temp.resolve("new/deep");
    var files = new TreeMap<>(Map.of("document", Bytes.ofUtf8("{}"), "quote", Bytes.ofUtf8("q")));
    var inputs = Json.newObject().put("nonce", "00");
    var at = Instant.parse("2026-01-31T12:00:00.123Z");
    Bundles.write(folder, new BundleDraft("some-kind", "a test", at, inputs, files));

    Bundle bundle = Bundles.read(folder);
    assertEquals("some-kind", bundle.kind());
    assertEquals(files, bundle.files());
    assertEquals(inputs, bundle.inputs());
    assertEquals(Instant.parse("2026-01-31T12:00:00Z"), ManifestSays.parse(bundle.manifest()).at());
  }

  @Test
  void neverWritesIntoAFolderThatHoldsSomething() {
    var draft = new BundleDraft("k", "a test", Instant.EPOCH, Json.newObject(), new TreeMap<>());

    var e = assertThrows(MalformedException.class, () -> Bundles.write(made.folder, draft));
    assertTrue(e.getMessage().contains("is not empty"), e.getMessage());
  }

  private void assertUnreadable(String message) {
    assertMessage(made.folder, message);
  }

  private static void assertMessage(Path folder, String message) {
    var e = assertThrows(MalformedException.class, () -> Bundles.read(folder));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
