package dev.asterism.attestation.azure;

import dev.asterism.attestation.tpm.PcrBoundKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Secret;
import dev.asterism.device.MetadataService;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of Microsoft's attestation service about this machine, one for each nonce. Whoever judges
 * the evidence may not want any, so that a service that gives none is a warning in the log.
 */
public final class MaaTokens {
  private static final System.Logger LOG = System.getLogger(MaaTokens.class.getName());
  private static final String PATH = "/attest/AzureGuest?api-version=2020-10-01";

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Accept", "application/json");

  /** For one whole answer: a third of what evidence may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long nobody is asked after a failure: evidence must not wait for a dead service. */
  static final Duration REST = Duration.ofSeconds(30);

  /** Handshakes that wait for the service at a time; the others go without. */
  private static final int MOST_ASKS = 16;

  private static final Path OS_RELEASE = Path.of("/etc/os-release");

  private final MaaAddress address;
  private final OsRelease os;
  private final ProxySelector proxies;
  private final Duration patience;
  private final LongSupplier nanoTime;
  private final Semaphore asks;
  private volatile @Nullable Place place;

  /** When a failure was last seen; null: none. */
  private volatile @Nullable Long failed;

  /** Whom to ask. */
  private record Place(@Nullable MetadataService service) {}

  MaaTokens(MaaAddress address, OsRelease os, ProxySelector proxies, Duration patience) {
    this(address, os, proxies, patience, System::nanoTime, new Semaphore(MOST_ASKS));
  }

  /**
   * @param asks how many may wait for the service at a time
   */
  MaaTokens(
      MaaAddress address,
      OsRelease os,
      ProxySelector proxies,
      Duration patience,
      LongSupplier nanoTime,
      Semaphore asks) {
    this.address = address;
    this.os = os;
    this.proxies = proxies;
    this.patience = patience;
    this.nanoTime = nanoTime;
    this.asks = asks;
  }

  /**
   * Of a service that is named.
   *
   * @param where what names it, for messages
   * @param url {@code https://HOST}
   */
  public static MaaTokens at(String where, String url, ProxySelector proxies)
      throws MalformedException {
    URI uri = MaaAddress.parse(where, url);
    return new MaaTokens(() -> Optional.of(uri), OsRelease.read(OS_RELEASE), proxies, PATIENCE);
  }

  /** Of the one that the instance's tag names; nobody's where there is no such tag. */
  public static MaaTokens ofTag(MetadataService host, ProxySelector proxies) {
    return new MaaTokens(MaaAddress.ofTag(host), OsRelease.read(OS_RELEASE), proxies, PATIENCE);
  }

  /**
   * A token; empty where nobody is to be asked, and, with a warning, where there is none to be had.
   *
   * @param akArea TPMT_PUBLIC of Azure's key
   * @param extra what it is to be for
   */
  String get(
      TpmClient client,
      Bytes akArea,
      Bytes extra,
      HclReport report,
      Bytes certificates,
      Supplier<Optional<Bytes>> eventLog) {
    if (rests() || !asks.tryAcquire()) {
      return "";
    }
    MetadataService service = null;
    try {
      service = place().service();
      return service == null
          ? ""
          : ask(
              service,
              client,
              akArea,
              new MaaRequest(os, extra, report, certificates, eventLog.get().orElse(Bytes.EMPTY)));
    } catch (IOException | MalformedException e) {
      LOG.log(
          Level.WARNING,
          "evidence goes without a token of Microsoft''s attestation service{0}, and nobody is asked"
              + " for {2} s: {1}",
          service == null ? "" : " (" + service.url(PATH) + ")",
          e.getMessage(),
          REST.toSeconds());
      failed = nanoTime.getAsLong();
      return "";
    } finally {
      asks.release();
    }
  }

  private boolean rests() {
    Long last = failed;
    return last != null && nanoTime.getAsLong() - last < REST.toNanos();
  }

  /** Looked for until there is an answer, and not again. */
  private Place place() throws IOException, MalformedException {
    Place known = place;
    if (known == null) {
      known =
          new Place(
              address.look().map(url -> new MetadataService(url, patience, proxies)).orElse(null));
      place = known;
    }
    return known;
  }

  private static String ask(
      MetadataService service, TpmClient client, Bytes akArea, MaaRequest request)
      throws IOException, MalformedException {
    SortedMap<Integer, Bytes> pcrs = MaaRequest.pcrs(client);
    try (PcrBoundKey key = client.pcrBoundKey(pcrs)) {
      MaaEnvelope envelope =
          MaaEnvelope.parse(service.post(PATH, HEADERS, request.body(client, akArea, pcrs, key)));
      try (Secret inner = key.decrypt(envelope.encryptedKey())) {
        return envelope.open(inner);
      }
    }
  }
}
