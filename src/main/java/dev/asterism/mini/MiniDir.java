package dev.asterism.mini;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where everything of one mini cluster lies; nothing of it is anywhere else. */
public record MiniDir(Path root) {
  public MiniDir {
    root = root.toAbsolutePath().normalize();
  }

  /** The plan; its presence marks the directory as ours. */
  Path plan() {
    return root.resolve("mini.json");
  }

  /** Held while somebody changes the cluster. */
  Path lock() {
    return root.resolve("lock");
  }

  /** What the admin of a real cluster has: config, secrets, kubeconfig. */
  Path admin() {
    return root.resolve("admin");
  }

  Path attestationConfig() {
    return admin().resolve("attestation-config.json");
  }

  Path masterSecret() {
    return admin().resolve("constellation-mastersecret.json");
  }

  Path initSecret() {
    return admin().resolve("init-secret");
  }

  /** Signs the attestation keys of this cluster's vTPMs. */
  Path akAuthority() {
    return admin().resolve("ak-ca");
  }

  /**
   * What Kubernetes mounts into the services of every control plane, {@code /var/config}: join
   * config, salt and master secret.
   */
  Path config() {
    return root.resolve("var-config");
  }

  /** The running cluster's join config: what an admin changes while it runs. */
  public Path joinConfig() {
    return config().resolve("attestationConfig");
  }

  /** Certificates of the services, as Kubernetes mounts them from TLS secrets. */
  Path certificates() {
    return root.resolve("certificates");
  }

  /** Another cluster beside this one, whose join-service {@code mini add} shows to nodes. */
  MiniDir rogue() {
    return new MiniDir(root.resolve("rogue"));
  }

  /** What Intel's service would say of the nodes' platforms. */
  public Path collateral() {
    return admin().resolve("tdx-collateral");
  }

  /** What AMD and Microsoft publish, by path. */
  Path published() {
    return root.resolve("published");
  }

  /** What the admin keeps of AMD's lists. */
  public Path endorsements() {
    return admin().resolve("collateral");
  }

  /** What etcd would hold. */
  public Path objects() {
    return root.resolve("objects");
  }

  /** How a verb finds the admission records, as words of a shell command. */
  public String admissionArgument() {
    return Files.exists(kubeconfig())
        ? "--kubeconfig " + ShellText.quoted(kubeconfig())
        : "--standalone-objects " + ShellText.quoted(objects());
  }

  /** Of a real API server: etcd's data, certificates, the admin's kubeconfig. */
  Path kubernetes() {
    return root.resolve("kubernetes");
  }

  /** Present where there is a real API server; how to reach it as its admin. */
  Path kubeconfig() {
    return kubernetes().resolve("admin.conf");
  }

  /** What Kubernetes mounts into the join-service: {@code /var/kubeadm-config}. */
  Path kubeadmConfig() {
    return kubernetes().resolve("kubeadm-config");
  }

  /** Present once somebody ended the cluster on purpose. */
  Path stopped() {
    return root.resolve("stopped");
  }

  /** Logs of the cluster that was here before. */
  Path previousLogs() {
    return root.resolve("previous-logs");
  }

  Path nodes() {
    return root.resolve("nodes");
  }

  NodeDir node(String name) {
    return new NodeDir(nodes().resolve(name));
  }

  /** One machine: what its firmware, its disk and its host would hold. */
  record NodeDir(Path root) {
    /** The state of the TPM in software: a file. */
    Path softwareTpm() {
      return root.resolve("tpm.json");
    }

    /** The SEV-SNP guest in software: a file. */
    Path softwareSnp() {
      return root.resolve("snp.json");
    }

    /** What the node keeps of AMD's certificates and revocation lists. */
    Path collateral() {
      return root.resolve("collateral");
    }

    /** Where an SEV-SNP guest keeps which cluster it is of. */
    Path clusterFile() {
      return fileSystem().resolve("run/asterism/cluster-id");
    }

    /** The state of a swtpm: a folder. */
    Path swtpm() {
      return root.resolve("tpm");
    }

    /** The state of the TD and its platform in software: a file. */
    Path softwareTdx() {
      return root.resolve("tdx.json");
    }

    Path eventLog() {
      return root.resolve("eventlog.bin");
    }

    /** DER. */
    Path akCertificate() {
      return root.resolve("ak-cert.der");
    }

    /** What its host in the cloud answers it. */
    Path host() {
      return root.resolve("host.json");
    }

    /** What the image says of join-services. */
    Path joinServices() {
      return root.resolve("image").resolve("join-services.json");
    }

    Path metadata() {
      return root.resolve("metadata.json");
    }

    /** The node's file system. */
    Path fileSystem() {
      return root.resolve("root");
    }

    Path logs() {
      return root.resolve("logs");
    }

    /** Present once the services of a joined node were started. */
    Path servicesStarted() {
      return root.resolve("services-started");
    }

    /** Present while the machine is switched off. */
    Path off() {
      return root.resolve("off");
    }

    Path audit() {
      return root.resolve("audit.jsonl");
    }
  }
}
