package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.BundleFolder;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class EvidenceCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path temp;
  String good;
  String bad;
  String unknown;
  String unreadable;

  @BeforeEach
  void makeBundlesOfEveryVerdict() throws IOException {
    good = answer("good", "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
    bad = answer("bad", "00");
    BundleFolder tarot = BundleFolder.password(temp.resolve("unknown"));
    unknown = tarot.path();
    unreadable = Files.writeString(temp.resolve("README"), "hello").toString();
  }

  @Test
  void theExitCodeIsTheWorstOfAll() {
    assertEquals(0, run("verify", good));
    assertEquals(1, run("verify", bad));
    assertEquals(2, run("verify", unreadable));
    assertEquals(3, run("verify", unknown));
    assertEquals(3, run("verify", good, unknown, good));
    assertEquals(1, run("verify", unknown, bad, good));
    assertEquals(2, run("verify", unknown, unreadable, bad, good));
  }

  @Test
  void jsonIsOneObjectALineForEveryBundleWhateverHappens() throws Exception {
    run("verify", "-o", "json", unreadable, good, bad, unknown);

    List<String> lines = out.toString().lines().toList();
    assertEquals(4, lines.size());
    assertLine(lines.get(0), unreadable, "refused", false);
    assertLine(lines.get(1), good, "accepted", true);
    assertLine(lines.get(2), bad, "refused", false);
    assertLine(lines.get(3), unknown, "undecided", false);
    assertEquals(
        """
        {"bundle":"%s","verdict":"refused","accepted":false,"checks":[\
        {"check":"bundle.readable","stage":"parse","outcome":"failed","note":\
        "%s: is a file; a bundle is the folder that holds evidence.json"}]}\
        """
            .formatted(unreadable, unreadable),
        lines.get(0));
  }

  @Test
  void textIsATableThatEndsInOneClearLine() {
    run("verify", bad);

    assertEquals(
        """
        %s
        CHECK          SUBJECT          OUTCOME  EXPECTED  ACTUAL                 NOTE
        case.output    empty user data  failed   00        630dcd2966c4…1bd710dd
        bundle.ruling                   warning                                   policy, nonce, time \
        are the manifest's: this proves only what its maker asked \
        (--config, --nonce and --at judge it by yours)

        REFUSED    empty user data: expected 00 got 630dcd2966c4…1bd710dd

        """
            .formatted(bad),
        out.toString());
  }

  @Test
  void severalBundlesEndInASum() {
    run("verify", good, bad, unknown, unreadable);

    assertTrue(
        out.toString().endsWith("4 bundles: 1 accepted, 1 refused, 1 undecided, 1 unreadable\n"),
        out.toString());
  }

  @Test
  void aPathIsPrintedAsItWasGiven() {
    String given = temp + "/./good";
    run("verify", "-o", "json", given);

    assertTrue(out.toString().startsWith("{\"bundle\":\"" + given + "\""), out.toString());
  }

  @Test
  void badOptionsAreUsageErrorsThatNameThem() {
    assertUsage("--nonce: is not hexadecimal", "verify", "--nonce", "xyz", good);
    assertUsage("--at: is not a time like", "verify", "--at", "yesterday", good);
    assertUsage(
        "--config: " + temp + "/no does not exist", "verify", "--config", temp + "/no", good);
    assertUsage("--cluster-id: needs --config", "verify", "--cluster-id", "00", good);
    assertUsage(
        "--attestation-variant: is no attestation variant; there are",
        "verify",
        "--attestation-variant",
        "abacus",
        good);
    assertUsage("Missing required parameter: 'DIR'", "verify");
    assertUsage("verify or show is missing");
  }

  @Test
  void showPrintsWhatIsInsideAndGoesOnBehindWhatItCannotRead() {
    assertEquals(2, run("show", unreadable, good));

    assertTrue(err.toString().contains("is a file; a bundle is the folder"), err.toString());
    assertTrue(out.toString().contains("case empty user data.nonce"), out.toString());
  }

  @Test
  void showSpeaksJson() throws Exception {
    assertEquals(0, run("show", "-o", "json", good));

    ObjectNode shown = Json.object("line", out.toString().strip());
    assertEquals(good, shown.get("bundle").stringValue());
    assertEquals("kind", shown.get("facts").get(0).get("label").stringValue());
  }

  private String answer(String name, String output) throws IOException {
    BundleFolder bundle = BundleFolder.password(temp.resolve(name));
    bundle.manifest.put("kind", "quote-extra-data");
    bundle.manifest.remove("inputs");
    bundle.manifest.remove("files");
    bundle
        .manifest
        .putArray("cases")
        .addObject()
        .put("name", "empty user data")
        .put("user_data", "")
        .put("nonce", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        .put("output", output);
    return bundle.save().path();
  }

  private void assertUsage(String message, String... args) {
    err.getBuffer().setLength(0);
    assertEquals(2, run(args));
    assertTrue(err.toString().contains(message), err.toString());
  }

  private static void assertLine(String line, String bundle, String verdict, boolean accepted)
      throws Exception {
    ObjectNode node = Json.object("line", line);
    assertEquals(bundle, node.get("bundle").stringValue());
    assertEquals(verdict, node.get("verdict").stringValue());
    assertEquals(accepted, node.get("accepted").booleanValue());
    assertTrue(node.get("checks").isArray());
  }

  private int run(String... args) {
    var all = new java.util.ArrayList<String>(List.of("evidence"));
    all.addAll(List.of(args));
    return AsterismCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(String[]::new));
  }
}
