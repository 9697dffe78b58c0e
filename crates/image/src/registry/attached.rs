//! What a registry holds beside an image. Owns the questions: the list of referrers with its pages, the tags that stand in
//! for it, and those of cosign.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers>

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_model::{Attachments, Digest, GapReason};
use reqwest::Url;
use reqwest::blocking::Response;
use reqwest::header::{ACCEPT, HeaderMap, LINK};

use super::repository::Repository;
use super::transport::Transport;
use super::{fetch, root};
use crate::attached::{COSIGN, Claim, Collector, attestations, listing, tag};
use crate::digest::sha256;
use crate::documents::{ACCEPTED, Descriptor, Document};
use crate::image::Beside;
use crate::resolve::Documents;
use crate::{Error, ImageName, Options};

/// Pages of a list that are followed. Registries put a hundred or more entries on one.
const PAGES: usize = 32;

/// What is beside one image, and the places that may have it, in order.
pub(super) struct Nearby {
    pub places: Vec<Arc<Repository>>,
    pub transport: Arc<Transport>,
    pub options: Options,
    /// The image's manifest.
    pub image: Digest,
    /// What its name led to, which may be the same.
    pub root: Digest,
    /// The index that it led to, or nothing.
    pub index: Vec<Descriptor>,
}

impl Beside for Nearby {
    fn is_remote(&self) -> bool {
        true
    }

    fn gather(&self, wants: &dyn Fn(&str) -> bool) -> Attachments {
        let mut all = Attachments::default();
        // A mirror may have copied the image alone, so that only the registry itself can say that there is nothing.
        for place in &self.places {
            let found = self.at(place, wants);
            let gaps = [all.gaps, found.gaps].concat();
            all = Attachments { gaps, is_published: true, ..found };
            if !all.list.is_empty() {
                break;
            }
        }
        all
    }

    fn look_up(&self, name: &ImageName) -> Result<Vec<Digest>, Error> {
        let repository = Repository::new(&self.transport, &name.registry, name, &self.options)?;
        let (descriptor, bytes) = root(&repository, name, &self.options)?;
        let inner =
            match Document::parse(&bytes, &descriptor.media_type, &repository.to_string(), &self.options.limits)? {
                Document::Index(entries) => entries.into_iter().map(|entry| entry.digest).collect(),
                Document::Manifest(_) => Vec::new(),
            };
        Ok(std::iter::once(descriptor.digest).chain(inner).collect())
    }
}

impl Nearby {
    fn at(&self, repository: &Repository, wants: &dyn Fn(&str) -> bool) -> Attachments {
        let documents = Stored(repository);
        let mut subjects = vec![self.image.clone(), self.root.clone()];
        subjects.dedup();
        let mut collector = Collector::new(&documents, &subjects, &self.options.limits, wants);
        let attestations: Vec<Descriptor> = attestations(&self.index, &self.image).cloned().collect();
        collector.list(&self.image, &attestations, Claim::Listed);
        for subject in &subjects {
            if collector.is_late() {
                break;
            }
            match self.referrers(repository, subject) {
                Ok((entries, is_cut)) => {
                    collector.list(subject, &entries, Claim::Subject);
                    if is_cut {
                        let what = format!("{repository} lists more than can be believed; the rest was not read");
                        collector.miss(GapReason::TooLarge, what);
                    }
                }
                Err(error) => collector.fail(&error),
            }
            for ending in COSIGN {
                match self.tagged(repository, &format!("{}.{ending}", tag(subject))) {
                    Ok(Some((digest, bytes))) => collector.manifest(subject, &digest, &bytes, Claim::Listed),
                    Ok(None) => {}
                    Err(error) => collector.fail(&error),
                }
            }
        }
        collector.finish()
    }

    /// All entries of the list, and whether it was cut off.
    fn referrers(&self, repository: &Repository, subject: &Digest) -> Result<(Vec<Descriptor>, bool), Error> {
        let place = format!("{repository}, referrers of {subject}");
        let mut entries = Vec::new();
        let mut next = Some(
            Url::parse(&repository.url(&format!("referrers/{subject}")))
                .map_err(|error| Error::new(format!("not an address: {place}")).because(error))?,
        );
        let mut seen = BTreeSet::new();
        while let Some(url) = next {
            let is_new = seen.insert(url.to_string());
            if !is_new || seen.len() > PAGES || entries.len() > self.options.limits.index_entries {
                return Ok((entries, true));
            }
            let response =
                repository.exchange(&|client| client.get(url.clone()).header(ACCEPT, ACCEPTED.join(", ")))?;
            match response.status().as_u16() {
                200 => {}
                // Whoever has no such list answers in one of these ways, and has a tag in its place.
                400 | 404 | 405 | 406 | 501 if seen.len() == 1 => return self.fallback(repository, subject),
                _ => return Err(repository.refusal(response)),
            }
            next = following(&url, response.headers(), &place)?;
            entries.extend(listing(&self.read(response, &place)?, &place)?);
        }
        Ok((entries, false))
    }

    fn fallback(&self, repository: &Repository, subject: &Digest) -> Result<(Vec<Descriptor>, bool), Error> {
        let tag = tag(subject);
        let place = format!("{repository}, {tag}");
        let found = self.tagged(repository, &tag)?;
        Ok((found.map(|(_, bytes)| listing(&bytes, &place)).transpose()?.unwrap_or_default(), false))
    }

    /// The document with this tag; none when there is none.
    fn tagged(&self, repository: &Repository, tag: &str) -> Result<Option<(Digest, Vec<u8>)>, Error> {
        let response = repository.get(&format!("manifests/{tag}"), &ACCEPTED, 0)?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            _ => return Err(repository.refusal(response)),
        }
        let bytes = self.read(response, &format!("{repository}, {tag}"))?;
        Ok(Some((sha256(&bytes), bytes)))
    }

    fn read(&self, response: Response, place: &str) -> Result<Vec<u8>, Error> {
        self.transport.read_document(response, self.options.limits.manifest_size, place)
    }
}

/// The next page, which has to be of the same server: it gets our credentials.
fn following(url: &Url, headers: &HeaderMap, place: &str) -> Result<Option<Url>, Error> {
    let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let next = links.flat_map(|value| value.split(',')).find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |parameter: &str| {
            let parameter = parameter.trim().to_ascii_lowercase();
            parameter == "rel=next" || parameter == "rel=\"next\""
        };
        parameters.split(';').any(is_next).then_some(address)
    });
    let Some(address) = next else { return Ok(None) };
    match url.join(address) {
        Ok(next) if next.origin() == url.origin() => Ok(Some(next)),
        _ => Err(Error::new(format!("the next page is said to be elsewhere, and was not fetched: {place}"))),
    }
}

/// Manifests and blobs of a repository by digest.
struct Stored<'a>(&'a Repository);

impl Documents for Stored<'_> {
    fn fetch(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Error> {
        let is_manifest = ACCEPTED.contains(&descriptor.media_type.as_str());
        fetch(self.0, if is_manifest { "manifests" } else { "blobs" }, descriptor, limit)
    }

    fn place(&self) -> String {
        self.0.to_string()
    }
}
