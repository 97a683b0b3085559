package dev.asterism.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Hkdf;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshPublicKey;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key derivations of a deployed cluster. Three cases stand here; the shared vectors are walked
 * where they lie beside the repository, or where {@code ASTERISM_VECTORS} says.
 */
class KeyVectorsTest {
  private static final String ZERO_UUID = "00000000-0000-0000-0000-000000000000";

  private final KeySource zeroKeys =
      new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));

  @Test
  void derivesTheKeyOfADisk() throws Exception {
    assertKey(
        "2b5c829f691bfd4232f8aac464bccc07e605c7c8e82cbca09837e86d0b6d0665",
        zeroKeys.dataKey(KeyIds.stateDisk(ZERO_UUID), KeyIds.LENGTH));
  }

  @Test
  void derivesTheClusterId() throws Exception {
    Secret measurementSecret =
        secret("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    Bytes salt =
        Bytes.ofHex("salt", "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
    assertEquals(
        "128c164378fe8767f998fbdfe4b4d6463ec5ae1b664ea5999bc27417607ae9b6",
        ClusterId.derive(measurementSecret, salt).hex());
  }

  @Test
  void derivesTheEmergencySshCa() throws Exception {
    assertKey(
        "9e713c43390b642211dac2251376b4ac901635b197ccd2288393cc61bb73e127",
        zeroKeys.dataKey(KeyIds.EMERGENCY_SSH_CA, KeyIds.LENGTH));
    try (var ca = EmergencySshCa.of(zeroKeys)) {
      assertEquals(
          "b136f283d8b953e94850a440505a1f31bbe0a731b0e7f0f6cc8e6dfc57a8f933",
          point(ca.publicKey()));
    }
  }

  @Test
  void derivesWhatTheSharedVectorsSay() throws Exception {
    List<ObjectNode> cases = sharedCases();
    assumeTrue(!cases.isEmpty(), "the shared vectors are not here; set ASTERISM_VECTORS");
    assertTrue(cases.size() >= 5, "cases found: " + cases.size());
    for (ObjectNode vector : cases) {
      Secret secret = secret(Json.string(vector, "secret"));
      Bytes salt = Bytes.ofHex("salt", Json.string(vector, "salt"));
      Bytes info = Bytes.ofHex("info", Json.string(vector, "info"));
      int length = vector.get("length").intValue();
      String output = Json.string(vector, "output");
      assertKey(output, Hkdf.sha256(secret, salt, info, length));

      String text = Objects.requireNonNullElse(Json.optionalString(vector, "info_text"), "");
      if (text.equals("key-clusterID")) {
        assertEquals(output, ClusterId.derive(secret, salt).hex());
      } else if (text.startsWith("key-")) {
        assertKey(output, new HkdfKeySource(secret, salt).dataKey(text.substring(4), length));
      }
      String publicKey = Json.optionalString(vector, "ed25519_public");
      if (publicKey != null) {
        assertEquals(publicKey, point(SshPublicKey.ofEd25519Seed(secret(output))));
      }
    }
  }

  private static List<ObjectNode> sharedCases() throws IOException, MalformedException {
    String named = System.getenv("ASTERISM_VECTORS");
    Path folder = Path.of(named == null ? "../shared/vectors" : named).resolve("kdf");
    var cases = new ArrayList<ObjectNode>();
    if (!Files.isDirectory(folder)) {
      return cases;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.endsWith("vector.json")).sorted().toList()) {
        ObjectNode vector = Json.object(file.toString(), Files.readString(file));
        if (Json.string(vector, "kind").equals("hkdf-sha256")) {
          for (JsonNode one : vector.get("cases")) {
            cases.add((ObjectNode) one);
          }
        }
      }
    }
    return cases;
  }

  /** The 32 bytes behind the type's and their own length. */
  private static String point(SshPublicKey key) {
    return key.wire().slice(19, 51).hex();
  }

  private static void assertKey(String expected, Secret key) throws MalformedException {
    assertEquals(expected, key.use(Bytes::of).hex());
  }

  private static Secret secret(String hex) throws MalformedException {
    return Secret.copyOf(Bytes.ofHex("secret", hex));
  }
}
