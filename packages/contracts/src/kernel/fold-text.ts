/** As people type when they look for something: lower case and without accents, "Đặng Bình" as "dang binh". */
export function foldText(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase().trim();
}
