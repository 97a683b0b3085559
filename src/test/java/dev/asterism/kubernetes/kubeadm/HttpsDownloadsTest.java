package dev.asterism.kubernetes.kubeadm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.kubeadm.HttpsDownloads.Patience;
import dev.asterism.testing.FakeHttp;
import dev.asterism.testing.FakeHttps;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HttpsDownloadsTest {
  private static final byte[] KUBELET = "the kubelet".repeat(10_000).getBytes();
  private static final long LIMIT = 1024 * 1024;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Path file;
  private FakeHttps server;
  private HttpsDownloads downloads;

  @BeforeEach
  void start() throws Exception {
    server = new FakeHttps();
    file = folder.resolve("file");
    downloads = downloads(server.authority, LONG);
  }

  private static HttpsDownloads downloads(TestAuthority authority, Duration whole)
      throws Exception {
    return new HttpsDownloads(
        HttpsDownloads.trusting(List.of(authority.certificate())),
        ProxySelector.of(null),
        new Patience(whole, 3, Duration.ofMillis(1)));
  }

  @AfterEach
  void stop() {
    downloads.close();
    server.close();
  }

  private String refused(String url, long limit) {
    return assertThrows(IOException.class, () -> downloads.fetch(url, file, limit)).getMessage();
  }

  @Test
  void downloadsIntoAFile() throws Exception {
    server.answer("/kubelet", 200, KUBELET);
    downloads.fetch(server.url("/kubelet"), file, LIMIT);
    assertArrayEquals(KUBELET, Files.readAllBytes(file));
  }

  @Test
  void asksAgainWhereTheServerIsBusy() throws Exception {
    server.answer("/kubelet", 503, "busy".getBytes());
    server.answer("/kubelet", 429, new byte[0]);
    server.answer("/kubelet", 200, KUBELET);
    downloads.fetch(server.url("/kubelet"), file, LIMIT);
    assertArrayEquals(KUBELET, Files.readAllBytes(file));
    assertEquals(3, server.asked().size());
  }

  @Test
  void givesUpAndSaysWhereItAsked() {
    server.answer("/kubelet", 503, "busy".getBytes());
    String url = server.url("/kubelet");
    String said = refused(url + "?token=secret", LIMIT);
    assertTrue(said.contains(url + " is not to be had, asked 3 times: "), said);
    assertTrue(said.contains("503"), said);
    assertFalse(said.contains("secret"), said);
    assertFalse(Files.exists(file));
  }

  @Test
  void doesNotAskAgainForWhatIsNotThere() {
    String said = refused(server.url("/none"), LIMIT);
    assertTrue(said.contains("404; check the URL"), said);
    assertEquals(1, server.asked().size());
  }

  @Test
  void believesNoServerThatNobodyVouchesFor() throws Exception {
    server.answer("/kubelet", 200, KUBELET);
    downloads.close();
    downloads = downloads(new TestAuthority(Instant.now()), LONG);
    String said = refused(server.url("/kubelet"), LIMIT);
    assertTrue(said.contains("PKIX path"), said);
    assertFalse(Files.exists(file));
  }

  @Test
  void followsARedirect() throws Exception {
    server.redirect("/kubelet", server.url("/elsewhere"));
    server.answer("/elsewhere", 200, KUBELET);
    downloads.fetch(server.url("/kubelet"), file, LIMIT);
    assertArrayEquals(KUBELET, Files.readAllBytes(file));
  }

  @Test
  void followsNoRedirectToPlainHttp() throws Exception {
    try (var plain = new FakeHttp()) {
      plain.answer("/kubelet", "the kubelet");
      server.redirect("/kubelet", plain.uri() + "/kubelet");
      String said = refused(server.url("/kubelet"), LIMIT);
      assertTrue(said.contains("answers 302"), said);
    }
  }

  @Test
  void stopsAtTheLimit() {
    server.answer("/kubelet", 200, KUBELET);
    String said = refused(server.url("/kubelet"), KUBELET.length - 1);
    assertTrue(said.contains("is not to be had"), said);
  }

  @Test
  void waitsForNoServerThatHangs() throws Exception {
    downloads.close();
    downloads = downloads(server.authority, Duration.ofMillis(300));
    server.hang("/kubelet");
    String said = refused(server.url("/kubelet"), LIMIT);
    assertTrue(said.contains("not whole within"), said);
  }

  @Test
  void fetchesNothingButHttps() {
    for (String url : List.of("http://a.example/x", "file:///etc/passwd", "https:x", "x y", "")) {
      assertThrows(MalformedException.class, () -> downloads.fetch(url, file, LIMIT), url);
    }
  }
}
