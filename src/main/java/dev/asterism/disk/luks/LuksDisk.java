package dev.asterism.disk.luks;

import dev.asterism.crypto.Secret;
import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import dev.asterism.disk.luks.HeaderWriter.Area;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * One LUKS2 disk: its verified metadata in this process's memory, which alone libcryptsetup sees,
 * and the disk itself.
 */
public final class LuksDisk implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LuksDisk.class.getName());

  private final Cryptsetup cryptsetup;
  private final Path device;
  private final HeaderDisk disk;
  private final MemoryFile memory;
  private final IntegrityRule integrity;
  private final MarkerRule marker;
  private LuksHeader header;

  /** Whether a change of the key did not end: only the disk itself knows which key opens it. */
  private boolean unsure;

  private LuksDisk(
      Cryptsetup cryptsetup,
      Path device,
      HeaderDisk disk,
      MemoryFile memory,
      IntegrityRule integrity,
      MarkerRule marker,
      LuksHeader header) {
    this.cryptsetup = cryptsetup;
    this.device = device;
    this.disk = disk;
    this.memory = memory;
    this.integrity = integrity;
    this.marker = marker;
    this.header = header;
  }

  /** Writes a new header over whatever is there; a disk with integrity is still to be wiped. */
  static LuksDisk format(
      Cryptsetup cryptsetup,
      Path device,
      HeaderDisk disk,
      LuksFormat format,
      MarkerRule marker,
      Secret key)
      throws IOException {
    LuksDisk luks = prepare(cryptsetup, device, disk, format, marker, key);
    try {
      luks.writeHeader();
      return luks;
    } catch (IOException | RuntimeException e) {
      luks.memory.close();
      throw e;
    }
  }

  /**
   * A new disk whose header is in memory only, until {@link #writeHeader}.
   *
   * @param marker whether it is a state disk
   * @param key its passphrase
   */
  static LuksDisk prepare(
      Cryptsetup cryptsetup,
      Path device,
      HeaderDisk disk,
      LuksFormat format,
      MarkerRule marker,
      Secret key)
      throws IOException {
    MemoryFile memory = MemoryFile.create("luks2");
    try {
      memory.extend(HeaderRules.DATA_OFFSET);
      try (CryptDevice crypt = cryptsetup.open(memory, device)) {
        crypt.format(device.toString(), format, key);
        if (marker == MarkerRule.REQUIRED) {
          crypt.setToken(markerToken(false));
        }
      }
      IntegrityRule rule = format.integrity() ? IntegrityRule.REQUIRED : IntegrityRule.ABSENT;
      LuksHeader header = verified(memory, rule, marker);
      return new LuksDisk(cryptsetup, device, disk, memory, rule, marker, header);
    } catch (IOException | RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /** Over whatever is there. */
  synchronized void writeHeader() throws IOException {
    new HeaderWriter(disk).format(header, header.keys(memory::read));
  }

  /** A disk whose header was verified; ends a write of it that was cut off. */
  static LuksDisk open(
      Cryptsetup cryptsetup,
      Path device,
      HeaderDisk disk,
      DiskContent.Ours content,
      IntegrityRule integrity,
      MarkerRule marker)
      throws IOException {
    MemoryFile memory = MemoryFile.create("luks2");
    try {
      LuksHeader header = content.header();
      if (header.mended().isPresent()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: a write of its header was cut off; the whole one of its copies is taken",
            device);
        new HeaderWriter(disk).replace(header.mended().get());
      }
      memory.extend(HeaderRules.DATA_OFFSET);
      memory.write(0, header.toBytes().toArray());
      memory.write(content.keys().offset(), content.keys().content().toArray());
      return new LuksDisk(cryptsetup, device, disk, memory, integrity, marker, header);
    } catch (IOException | RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /** Canonical and lower case. */
  public String uuid() {
    return header.uuid();
  }

  /** Whether every sector carries an HMAC. */
  public boolean authenticated() {
    return header.json().at("/segments/0/integrity").isObject();
  }

  /** What the marker says; false where there is none. */
  public synchronized boolean initialized() {
    return header.initialized();
  }

  /** Whether this key opens it; maps nothing. */
  public synchronized boolean opens(Secret key) throws IOException {
    try (CryptDevice crypt = load()) {
      return crypt.opens(key);
    }
  }

  /**
   * Puts {@code key} in place of {@code current}.
   *
   * @throws IOException if {@code current} does not open it, or the disk cannot be written; then
   *     one of the two opens it, and this object is of no more use
   */
  public synchronized void changeKey(Secret current, Secret key, LuksFormat costs)
      throws IOException {
    Area before = header.keys(memory::read);
    LuksHeader changed;
    try (CryptDevice crypt = load()) {
      crypt.costs(costs);
      if (!crypt.addKey(current, key)) {
        throw new IOException(device + ": the current passphrase does not open it");
      }
      changed = onlyNewKey(LuksHeader.read(memory));
      HeaderRules.require(changed, integrity, marker);
    } catch (IOException e) {
      memory.write(0, header.toBytes().toArray());
      throw e;
    }
    header = changed;
    memory.write(0, changed.toBytes().toArray());
    Area unused = before.random();
    memory.write(unused.offset(), unused.content().toArray());
    unsure = true;
    new HeaderWriter(disk).replace(changed, changed.keys(memory::read), unused);
    unsure = false;
  }

  /**
   * Slot 1 in place of slot 0. libcryptsetup would write the new key material over the old, and a
   * kill in between would leave neither.
   */
  private static LuksHeader onlyNewKey(LuksHeader both) {
    ObjectNode json = both.json();
    var slots = (ObjectNode) json.get("keyslots");
    slots.set("0", slots.remove("1"));
    ((ObjectNode) json.at("/digests/0")).putArray("keyslots").add("0");
    return both.with(json);
  }

  /** Sets the marker token. */
  public synchronized void markInitialized(boolean initialized) throws IOException {
    if (marker == MarkerRule.ABSENT) {
      throw new IllegalStateException("only a state disk has a marker");
    }
    try (CryptDevice crypt = load()) {
      crypt.setToken(markerToken(initialized));
    }
    header = verified(memory, integrity, marker);
    new HeaderWriter(disk).replace(header);
  }

  /**
   * Maps the data to {@code /dev/mapper/<name>}.
   *
   * @throws IOException also where this machine has no device-mapper
   */
  public synchronized void map(String name, Secret key) throws IOException {
    try (CryptDevice crypt = load()) {
      crypt.map(name, key);
    }
  }

  public synchronized void unmap(String name) throws IOException {
    try (CryptDevice crypt = load()) {
      crypt.unmap(name);
    }
  }

  /** Gives an open mapping all of a disk that grew. */
  public synchronized void resize(String name, Secret key) throws IOException {
    try (CryptDevice crypt = load()) {
      if (!crypt.holds(key)) {
        throw new IOException("this key does not open " + device);
      }
      crypt.resize(name);
    }
  }

  /** Gives every sector a valid tag. */
  synchronized void wipe(String temporaryName, Secret key, DoubleConsumer progress)
      throws IOException {
    try (CryptDevice crypt = load()) {
      crypt.wipe(temporaryName, key, progress);
    }
  }

  private CryptDevice load() throws IOException {
    if (unsure) {
      throw new IOException(
          device + ": a change of its key failed; it must be opened again to see which one it has");
    }
    CryptDevice crypt = cryptsetup.open(memory, device);
    try {
      crypt.load();
      return crypt;
    } catch (IOException e) {
      crypt.close();
      throw e;
    }
  }

  /** What libcryptsetup made is held to the same rules. */
  private static LuksHeader verified(MemoryFile memory, IntegrityRule integrity, MarkerRule marker)
      throws IOException {
    LuksHeader header = LuksHeader.read(memory);
    HeaderRules.require(header, integrity, marker);
    return header;
  }

  private static String markerToken(boolean initialized) {
    ObjectNode token = Json.newObject().put("type", HeaderRules.MARKER_TYPE);
    token.putArray("keyslots");
    return Json.line(token.put(HeaderRules.MARKER, initialized));
  }

  @Override
  public void close() throws IOException {
    try {
      memory.close();
    } finally {
      disk.close();
    }
  }
}
